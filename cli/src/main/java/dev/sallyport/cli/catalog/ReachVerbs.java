package dev.sallyport.cli.catalog;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import dev.sallyport.cli.verb.Root;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code reach}: what somebody could ask for, and who could ask for something. */
public final class ReachVerbs extends Root {
    private static final int MOST = 500;

    public ReachVerbs(Shell shell) {
        super(shell);
    }

    @Command(
            name = "reach",
            description = {
                "What a person could ask for, who could ask for a role or for something on a target, or who is in a group and",
                "what they could ask for through it and what they approve (right catalog.read).",
                "Whether it would be granted is said by policy who-can and policy simulate."
            },
            footer = {"", "Example:", "  sallyport reach --person dev", "  sallyport reach --target web-1"})
    void reach(
            @Option(names = "--person", paramLabel = "N", description = "what this person could ask for") @Nullable
                    String person,
            @Option(names = "--target", paramLabel = "T", description = "who could ask for something on it") @Nullable
                    String target,
            @Option(names = "--role", paramLabel = "R", description = "who could ask for it") @Nullable String role,
            @Option(names = "--group", paramLabel = "G", description = "who is in it, and what they could ask for")
                    @Nullable
                    String group,
            @Option(names = "--search", paramLabel = "TEXT", description = "only what has this in it; not of a group")
                    @Nullable
                    String text,
            @Option(
                            names = "--order",
                            paramLabel = "O",
                            description =
                                    "name of the role (the default) or name-desc; of a person also target or target-desc; not of a group")
                    @Nullable
                    String order) {
        List<String> given = java.util.stream.Stream.of(person, target, role, group)
                .filter(Objects::nonNull)
                .toList();
        if (given.size() != 1) {
            throw Failure.usage("one of --person, --target, --role and --group (expected: just one)", null);
        }
        if (group != null && (text != null || order != null)) {
            throw Failure.usage("--search and --order are not for --group, which is shown whole", null);
        }
        Query asked = Query.of().with("q", text).with("order", order);
        if (person != null) {
            ofPerson(person, asked);
        } else if (group != null) {
            ofGroup(group);
        } else if (target != null) {
            ways(asked, "/targets/" + Query.segment(target) + "/reach", "nobody may ask for anything on " + target);
        } else {
            ways(
                    asked,
                    "/roles/" + Query.segment(given.getFirst()) + "/reach",
                    "nobody may ask for " + given.getFirst());
        }
    }

    private void ofPerson(String person, Query asked) {
        JsonNode answer = api().get(asked.with("limit", Integer.toString(MOST))
                .after("/people/" + Query.segment(person) + "/reach"));
        show(answer, () -> {
            var table = Table.of("ROLE", "TARGET", "WHAT IT IS");
            answer.path("items")
                    .forEach(item -> table.row(
                            Json.text(item, "role"), Json.text(item, "target"), Json.text(item, "description")));
            return render(table, Text.printable(person) + " may ask for nothing")
                    + (answer.path("more").asBoolean(false) ? "… and more than these " + MOST + "\n" : "");
        });
    }

    private void ofGroup(String group) {
        JsonNode answer = api().get(Query.of()
                .with("limit", Integer.toString(MOST))
                .after("/groups/" + Query.segment(group) + "/reach"));
        JsonNode approves = api().get(Query.of()
                .with("limit", Integer.toString(MOST))
                .after("/groups/" + Query.segment(group) + "/approves"));
        ((ObjectNode) answer).set("approves", approves.path("items"));
        show(answer, () -> {
            var members = Table.of("MEMBER", "NAME", "ACTIVE", "SAYS");
            answer.path("members")
                    .forEach(member -> members.row(
                            Json.text(member, "person"),
                            Json.text(member, "display_name"),
                            member.path("active").asBoolean(false) ? "yes" : "no",
                            Json.joined(member.path("sources"), ",")));
            return render(members, "nobody is in " + Text.printable(group))
                    + (answer.path("more").asBoolean(false) ? "… and more than these " + MOST + "\n" : "")
                    + "\n"
                    + waysOf(answer, Text.printable(group) + " makes nobody eligible for anything")
                    + "\n"
                    + approved(answer, Text.printable(group) + " approves nothing")
                    + (approves.hasNonNull("next") ? "… and more than these " + MOST + "\n" : "");
        });
    }

    private String approved(JsonNode answer, String nothing) {
        var table = Table.of("APPROVES", "STAGE", "APPROVALS", "AS");
        answer.path("approves")
                .forEach(word -> table.row(
                        Json.text(word, "role").isEmpty()
                                ? "policy " + Json.text(word, "rule")
                                : "role " + Json.text(word, "role"),
                        Json.text(word, "stage"),
                        Json.text(word, "count"),
                        Json.text(word, "as")));
        return render(table, nothing);
    }

    private void ways(Query asked, String path, String nobody) {
        JsonNode answer = api().get(asked.after(path));
        show(answer, () -> waysOf(answer, Text.printable(nobody)));
    }

    private String waysOf(JsonNode answer, String nobody) {
        var table = Table.of("ROLE", "GROUPS", "PEOPLE", "ATTRIBUTES", "UNTIL", "BY");
        for (JsonNode way : answer.path("items")) {
            var attributes = new ArrayList<String>();
            way.path("attributes")
                    .properties()
                    .forEach(entry -> attributes.add(
                            entry.getKey() + "=" + entry.getValue().asString("")));
            table.row(
                    Json.text(way, "role"),
                    Json.joined(way.path("groups"), ","),
                    Json.joined(way.path("people"), ","),
                    String.join(",", attributes),
                    times().plain(Json.text(way, "until")),
                    Json.text(way, "eligibility"));
        }
        return render(table, nobody);
    }
}
