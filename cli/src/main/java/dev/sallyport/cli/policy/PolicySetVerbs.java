package dev.sallyport.cli.policy;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.GivenFiles;
import dev.sallyport.cli.verb.Root;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code policy} on a server: which set decides, changing that, and asking a set about what was and might be. */
public abstract class PolicySetVerbs {
    private static final String SET =
            "draft (what apply has made of the files), enforced, shadow, none (no rules), or six or more characters of a hash";

    /** How many entries a list has, if not said. */
    private static final int LIST = 200;

    final Root root;

    PolicySetVerbs(Root root) {
        this.root = root;
    }

    /** Which set is asked. */
    static final class Which {
        @Option(
                names = "--with",
                paramLabel = "FILE|DIR",
                description = "policies in files instead of a set of the server; may be repeated")
        private List<Path> files = List.of();

        @Option(names = "--set", paramLabel = "SET", description = SET)
        private @Nullable String set;

        ObjectNode into(ObjectNode body) {
            if (set != null) {
                body.put("set", set);
            }
            if (!files.isEmpty()) {
                body.set("files", GivenFiles.read(files));
            }
            return body;
        }
    }

    @Command(
            name = "status",
            description = "Which set of policies decides, which is in shadow, and whether the draft differs.",
            footer = {"", "Example:", "  sallyport policy status"})
    public void status() {
        JsonNode answer = root.api().get("/policy");
        root.show(answer, () -> {
            var table = Table.of("STAGE", "SET", "RULES", "SINCE", "BY", "REASON");
            stage(table, answer.path("enforced"), "enforced");
            stage(table, answer.path("shadow"), "shadow");
            JsonNode draft = answer.path("draft");
            table.row(
                    "draft",
                    shortened(Json.text(draft, "set")),
                    Json.text(draft, "rules"),
                    "",
                    "",
                    draft.path("differs").asBoolean(false)
                            ? "differs from what is enforced"
                            : "the same as what is enforced");
            return root.render(table, "no policies");
        });
    }

    private void stage(Table table, JsonNode change, String stage) {
        boolean none = Json.text(change, "set").isEmpty();
        table.row(
                stage,
                none ? "none" : shortened(Json.text(change, "set")),
                none ? "" : Json.text(change, "rules"),
                Json.text(change, "at").isEmpty() ? "" : root.times().plain(Json.text(change, "at")),
                Json.text(change, "by"),
                Json.text(change, "reason"));
    }

    @Command(
            name = "history",
            description = "Every set that was enforced or in shadow, newest first.",
            footer = {"", "Example:", "  sallyport policy history --limit 10"})
    public void history(
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 200)") @Nullable
                    Integer limit) {
        JsonNode answer = root.api().list("/policy/history", Query.of(), limit == null ? LIST : limit);
        root.show(answer, () -> {
            var table = Table.of("NUMBER", "STAGE", "SET", "RULES", "SINCE", "BY", "REASON");
            for (JsonNode change : answer.path("items")) {
                table.row(
                        Json.text(change, "number"),
                        Json.text(change, "stage"),
                        Json.text(change, "set").isEmpty() ? "none" : shortened(Json.text(change, "set")),
                        Json.text(change, "rules"),
                        root.times().plain(Json.text(change, "at")),
                        Json.text(change, "by"),
                        Json.text(change, "reason"));
            }
            return root.render(table, "no set was ever enforced");
        });
    }

    @Command(
            name = "set",
            description = "The documents of a set, as they decide.",
            footer = {"", "Example:", "  sallyport policy set enforced -o yaml"})
    public void set(@Parameters(paramLabel = "SET", description = SET) String set) {
        JsonNode answer = root.api().get("/policy/sets/" + Query.segment(set));
        root.show(answer, () -> {
            var table = Table.of("KIND", "NAME");
            for (JsonNode document : answer.path("documents")) {
                table.row(Json.text(document, "kind"), Json.text(document, "name"));
            }
            return root.render(table, "an empty set") + Json.text(answer, "rules") + " rules; set "
                    + Json.text(answer, "set") + "\n";
        });
    }

    @Command(
            name = "enforce",
            description = {
                "Lets a set decide from now on; everything that runs is judged again by it. Says first what of it would end, and in",
                "a terminal asks. What it changes for those who ask: policy replay. Name the set by the hash that it printed, so that nothing else is",
                "enforced that somebody applied meanwhile."
            },
            footer = {"", "Example:", "  sallyport policy enforce 5f3a9c20be11 --reason 'CHG-12, reviewed'"})
    public void enforce(
            @Parameters(paramLabel = "SET", arity = "0..1", defaultValue = "draft", description = SET) String set,
            @Option(
                            names = "--reason",
                            paramLabel = "R",
                            description = "why; for the history, and needed but with --dry-run")
                    @Nullable
                    String reason,
            @Option(
                            names = "--force",
                            description =
                                    "also if nobody could administer any more but in an emergency; wants a break-glass rule for it")
                    boolean force,
            @Option(names = "--dry-run", description = "only say what of what runs would end") boolean dryRun,
            @Option(names = "--yes", description = "do not ask") boolean yes) {
        // by its hash, so that what decides is what was looked at, whatever somebody applies meanwhile
        String named = set.equals("draft") ? Json.text(root.api().get("/policy").path("draft"), "set") : set;
        if (dryRun) {
            forecast(Json.object().put("set", named));
            return;
        }
        if (reason == null) {
            throw Failure.usage("--reason is missing (expected: why this set shall decide)", null);
        }
        if (!yes) {
            foretell(named);
        }
        if (root.shell().interactive() && !yes && !root.shell().confirms("Let this set decide from now on?")) {
            throw Failure.here("policy.not-confirmed", "nothing was changed", "--yes does not ask");
        }
        changed(root.api()
                .post(
                        "/policy/enforce",
                        Json.object().put("set", named).put("reason", reason).put("force", force ? true : null)));
    }

    private static String incomplete(JsonNode answer) {
        List<String> more = Json.texts(answer.path("incomplete"));
        return more.isEmpty() ? "" : "more people than are listed may ask for " + String.join(", ", more) + "\n";
    }

    /** What would end, for people, before it does; whoever may enforce and not read is not kept from it. */
    private void foretell(String set) {
        try {
            JsonNode forecast =
                    root.api().post("/policy/forecast", Json.object().put("set", set));
            foretold(forecast).lines().forEach(root.shell()::note);
            JsonNode replay = root.api()
                    .post(
                            "/policy/replay",
                            Json.object()
                                    .put("set", set)
                                    .put(
                                            "since",
                                            root.times().past("--since", "30d").toString()));
            root.shell()
                    .note(
                            "of %s requests of the last 30 days, %s would come out otherwise: sallyport policy replay --set %s"
                                    .formatted(
                                            Json.text(replay, "decided"),
                                            Json.text(replay, "changed"),
                                            shortened(set)));
        } catch (Failure unseen) {
            root.shell().note("what it would end cannot be said: " + unseen.sentence());
        }
    }

    @Command(
            name = "forecast",
            description = {
                "What would become of what runs if a set were enforced now: which grants would end, not begin, or be found to stand",
                "against policy. Changes nothing. By the draft, unless a set or files are named."
            },
            footer = {"", "Example:", "  sallyport policy forecast --with policies/"})
    public void forecast(@Mixin Which which) {
        forecast(which.into(Json.object()));
    }

    private void forecast(ObjectNode body) {
        JsonNode answer = root.api().post("/policy/forecast", body);
        root.show(answer, () -> foretold(answer));
    }

    private String foretold(JsonNode forecast) {
        var table = Table.of("GRANT", "PERSON", "ROLE", "TARGET", "UNTIL", "WOULD", "BECAUSE");
        for (JsonNode change : forecast.path("items")) {
            table.row(
                    Json.text(change, "grant"),
                    Json.text(change, "person"),
                    Json.text(change, "role"),
                    Json.text(change, "target"),
                    root.times().plain(Json.text(change, "ends_at")),
                    becoming(Json.text(change, "becomes")),
                    Json.joined(change.path("because"), "; "));
        }
        long more = forecast.path("ending").asLong(0)
                + forecast.path("warned").asLong(0)
                - forecast.path("items").size();
        long unseen =
                forecast.path("running").asLong(0) - forecast.path("judged").asLong(0);
        return root.render(table, "nothing of what runs would end")
                + (more > 0 ? "… and " + more + " more\n" : "")
                + "of %s that run, %s would end or not begin, %s would be warned of; set %s%n"
                        .formatted(
                                Json.text(forecast, "running"),
                                Json.text(forecast, "ending"),
                                Json.text(forecast, "warned"),
                                shortened(Json.text(forecast, "set")))
                + (unseen > 0 ? unseen + " were not looked at: only the oldest are\n" : "");
    }

    private static String becoming(String becomes) {
        return switch (becomes) {
            case "ends" -> "end";
            case "does not begin" -> "not begin";
            default -> "be warned of";
        };
    }

    @Command(
            name = "rollback",
            description = "Lets the set decide again that was enforced before.",
            footer = {"", "Example:", "  sallyport policy rollback --reason 'on-call was locked out'"})
    public void rollback(
            @Option(names = "--reason", required = true, paramLabel = "R", description = "why; for the history")
                    String reason,
            @Option(names = "--force", description = "as for enforce") boolean force) {
        changed(root.api()
                .post("/policy/rollback", Json.object().put("reason", reason).put("force", force ? true : null)));
    }

    @Command(
            name = "shadow",
            description = {
                "Has a set say what it would decide beside the one that does (none: ends that);",
                "without a set, lists what came out otherwise."
            },
            footer = {
                "",
                "Example:",
                "  sallyport policy shadow draft --reason 'trying CHG-12'",
                "  sallyport policy shadow --since 7d"
            })
    public void shadow(
            @Parameters(paramLabel = "SET", arity = "0..1", description = "as for enforce, or none") @Nullable
                    String set,
            @Option(names = "--reason", paramLabel = "R", description = "why; needed with a set") @Nullable
                    String reason,
            @Option(names = "--since", paramLabel = "7d", description = "not before: 14:30, 7d (ago) or RFC 3339")
                    @Nullable
                    String since,
            @Option(names = "--limit", paramLabel = "N", description = "of the list, at most so many (default: 200)")
                    @Nullable
                    Integer limit) {
        if (set != null) {
            ObjectNode body = Json.object().put("set", set);
            if (reason != null) {
                body.put("reason", reason);
            }
            changed(root.api().post("/policy/shadow", body));
            return;
        }
        JsonNode answer = root.api()
                .list(
                        "/policy/shadow/differences",
                        Query.of().with("since", time(since)),
                        limit == null ? LIST : limit);
        root.show(answer, () -> changes(answer.path("items"), "nothing came out otherwise"));
    }

    @Command(
            name = "simulate",
            description = "What a set would say to somebody who asked this now, and why.",
            footer = {
                "",
                "Example:",
                "  sallyport policy simulate --person dev ops web-1 --for 2h --reason deploy --with policies/"
            })
    public void simulate(
            @Parameters(index = "0", paramLabel = "ROLE", description = "the role") String role,
            @Parameters(index = "1", paramLabel = "TARGET", description = "the target") String target,
            @Option(names = "--person", required = true, paramLabel = "NAME", description = "who would ask")
                    String person,
            @Option(
                            names = "--for",
                            paramLabel = "1h",
                            description = "for how long (default: as long as the role allows)")
                    @Nullable
                    String duration,
            @Option(names = "--from", paramLabel = "T", description = "for a later time: 14:30, 45m or RFC 3339")
                    @Nullable
                    String from,
            @Option(names = "--reason", paramLabel = "R", description = "the reason given") @Nullable String reason,
            @Option(names = "--ticket", paramLabel = "T", description = "the ticket given") @Nullable String ticket,
            @Option(names = "--address", paramLabel = "IP", description = "where it comes from") @Nullable
                    String address,
            @Option(names = "--mfa-age", paramLabel = "5m", description = "how old their second factor is") @Nullable
                    String mfaAge,
            @Option(
                            names = "--risk",
                            paramLabel = "POINTS",
                            description = "how unusual it is, 0 to 100 (default: as a request would be scored)")
                    @Nullable
                    Integer risk,
            @Option(names = "--break-glass", description = "as an emergency") boolean breakGlass,
            @Option(
                            names = "--in-group",
                            paramLabel = "GROUP",
                            description = "as if they were in this group; may be repeated")
                    List<String> joined,
            @Option(
                            names = "--not-in-group",
                            paramLabel = "GROUP",
                            description = "as if they were not in this group; may be repeated")
                    List<String> left,
            @Option(
                            names = "--incident",
                            paramLabel = "SEVERITY",
                            description = "as if they worked on an incident about the target")
                    @Nullable
                    String incident,
            @Mixin Which which) {
        ObjectNode body =
                which.into(Json.object().put("person", person).put("role", role).put("target", target));
        put(body, "duration", duration);
        put(
                body,
                "starts_at",
                from == null ? null : root.times().future("--from", from).toString());
        put(body, "reason", reason);
        put(body, "ticket", ticket);
        put(body, "address", address);
        put(body, "mfa_age", mfaAge);
        put(body, "risk", risk);
        put(body, "also_in_groups", joined);
        put(body, "not_in_groups", left);
        put(body, "incident", incident);
        body.put("break_glass", breakGlass);
        JsonNode answer = root.api().post("/policy/simulate", body);
        root.show(answer, () -> {
            JsonNode ruling = answer.path("ruling");
            var text = new StringBuilder();
            text.append(person + " asking for " + role + " on " + target + ": " + Json.text(ruling, "effect") + "\n");
            Json.texts(ruling.path("explanation")).forEach(line -> text.append("  " + line + "\n"));
            risk(answer.path("risk")).forEach(line -> text.append("  " + line + "\n"));
            text.append("rules considered:\n");
            Json.texts(ruling.path("trace")).forEach(line -> text.append("  " + line + "\n"));
            text.append("set " + Json.text(answer, "set") + "\n");
            return printable(text);
        });
    }

    @Command(
            name = "who-can",
            description = {
                "Who may ask for a role on a target, and what a set would say to each. Of several roles or targets, with commas",
                "between, it makes a matrix."
            },
            footer = {
                "",
                "Example:",
                "  sallyport policy who-can ops web-1 --set draft",
                "  sallyport policy who-can ops,dba web-1,db-1"
            })
    public void whoCan(
            @Parameters(
                            index = "0",
                            paramLabel = "ROLE[,…]",
                            split = ",",
                            arity = "1",
                            description = "the role, or several")
                    List<String> roles,
            @Parameters(
                            index = "1",
                            paramLabel = "TARGET[,…]",
                            split = ",",
                            arity = "1",
                            description = "the target, or several")
                    List<String> targets,
            @Option(
                            names = "--for",
                            paramLabel = "1h",
                            description = "for how long (default: as long as the role allows)")
                    @Nullable
                    String duration,
            @Option(names = "--address", paramLabel = "IP", description = "where it comes from") @Nullable
                    String address,
            @Option(
                            names = "--risk",
                            paramLabel = "POINTS",
                            description = "how unusual it is, 0 to 100 (default: as each would be scored)")
                    @Nullable
                    Integer risk,
            @Mixin Which which) {
        ObjectNode body = which.into(Json.object());
        put(body, "roles", roles);
        put(body, "targets", targets);
        put(body, "duration", duration);
        put(body, "address", address);
        put(body, "risk", risk);
        JsonNode answer = root.api().post("/policy/who-can", body);
        root.show(answer, () -> {
            if (roles.size() * targets.size() > 1) {
                return root.render(WhoCanMatrix.of(answer, roles, targets), "nobody may ask for any of it")
                        + incomplete(answer);
            }
            var table = Table.of("PERSON", "DECISION", "RISK", "BECAUSE");
            for (JsonNode could : answer.path("items")) {
                table.row(
                        Json.text(could, "person"),
                        Json.text(could, "effect"),
                        Json.text(could, "risk", "points"),
                        Json.joined(could.path("explanation"), "; "));
            }
            return root.render(table, "nobody may ask for " + roles.getFirst() + " on " + targets.getFirst())
                    + incomplete(answer);
        });
    }

    @Command(
            name = "replay",
            description = {
                "Decides everything again that was asked, each on its own facts and at its own time, and lists what comes",
                "out otherwise. By the draft, unless a set or files are named."
            },
            footer = {"", "Example:", "  sallyport policy replay --since 90d --with policies/"})
    public void replay(
            @Option(names = "--since", paramLabel = "90d", description = "not before: 14:30, 90d (ago) or RFC 3339")
                    @Nullable
                    String since,
            @Mixin Which which) {
        ObjectNode body = which.into(Json.object());
        put(body, "since", time(since));
        JsonNode answer = new WholeReplay(root.api(), root.shell()).of(body);
        root.show(
                answer,
                () -> changes(answer.path("changes"), "")
                        + (answer.path("changes").size()
                                        < answer.path("changed").asInt(0)
                                ? "… the newest " + answer.path("changes").size() + " of them\n"
                                : "")
                        + "%s decided again, %s changed, %s could not be; set %s%n"
                                .formatted(
                                        Json.text(answer, "decided"),
                                        Json.text(answer, "changed"),
                                        Json.text(answer, "skipped"),
                                        Json.text(answer, "set")));
    }

    @Command(
            name = "unused",
            description = {
                "Decides everything again that was asked, as replay does, and lists the rules that matched nothing of it. By the",
                "set that is enforced, unless a set or files are named. Rules about nothing but what runs are left out."
            },
            footer = {"", "Example:", "  sallyport policy unused --since 90d"})
    public void unused(
            @Option(names = "--since", paramLabel = "90d", description = "not before: 14:30, 90d (ago) or RFC 3339")
                    @Nullable
                    String since,
            @Mixin Which which) {
        ObjectNode body = which.into(Json.object());
        if (!body.has("set") && !body.has("files")) {
            body.put("set", "enforced");
        }
        put(body, "since", time(since));
        JsonNode answer = root.api().post("/policy/replay", body);
        ObjectNode shown = Json.object()
                .put("set", Json.text(answer, "set"))
                .put("decided", answer.path("decided").asInt(0));
        shown.set("unused", answer.path("unused"));
        root.show(shown, () -> {
            List<String> rules = Json.texts(answer.path("unused"));
            var text = new StringBuilder();
            rules.forEach(rule -> text.append(rule).append('\n'));
            text.append("%s of the rules of set %s matched nothing of %s decisions%n"
                    .formatted(
                            rules.isEmpty() ? "none" : rules.size(),
                            shortened(Json.text(answer, "set")),
                            Json.text(answer, "decided")));
            return printable(text);
        });
    }

    private String changes(JsonNode changes, String none) {
        var table = Table.of("REQUEST", "ASKED", "BY", "ROLE", "TARGET", "WAS", "NOW", "BECAUSE");
        for (JsonNode change : changes) {
            table.row(
                    Json.text(change, "request"),
                    root.times().plain(Json.text(change, "at")),
                    Json.text(change, "requester"),
                    Json.text(change, "role"),
                    Json.text(change, "target"),
                    Json.text(change, "was"),
                    Json.text(change, "now"),
                    Json.joined(change.path("now_because"), "; ")
                            + (change.path("rules").isEmpty()
                                    ? ""
                                    : " [" + Json.joined(change.path("rules"), ", ") + "]"));
        }
        return root.render(table, none);
    }

    private void changed(JsonNode change) {
        root.show(
                change,
                () -> printable(new StringBuilder(Json.text(change, "stage") + " since "
                        + root.times().plain(Json.text(change, "at")) + ": "
                        + (Json.text(change, "set").isEmpty()
                                ? "no set"
                                : "set " + shortened(Json.text(change, "set")) + ", " + Json.text(change, "rules")
                                        + " rules")
                        + "\n")));
    }

    private @Nullable String time(@Nullable String since) {
        return since == null ? null : root.times().past("--since", since).toString();
    }

    private static void put(ObjectNode body, String key, @Nullable String value) {
        if (value != null) {
            body.put(key, value);
        }
    }

    private static void put(ObjectNode body, String key, @Nullable List<String> values) {
        if (values != null && !values.isEmpty()) {
            values.forEach(body.putArray(key)::add);
        }
    }

    private static void put(ObjectNode body, String key, @Nullable Integer value) {
        if (value != null) {
            body.put(key, value);
        }
    }

    /** A risk and what makes it, a line each. */
    private static List<String> risk(JsonNode risk) {
        if (!risk.isObject()) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        lines.add("risk " + Json.text(risk, "points") + " of 100");
        risk.path("reasons")
                .forEach(reason -> lines.add("  " + Json.text(reason, "points") + ": " + Json.text(reason, "why")));
        return lines;
    }

    private static String printable(StringBuilder text) {
        return text.toString().lines().map(Text::printable).reduce("", (all, line) -> all + line + "\n");
    }

    private static String shortened(String hash) {
        return hash.length() > 12 ? hash.substring(0, 12) : hash;
    }
}
