package dev.sallyport.cli.access;

import dev.sallyport.base.Durations;
import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.shell.Exit;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import dev.sallyport.cli.verb.Root;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Asking for access, deciding on it, holding and ending it. */
public final class AccessVerbs extends Root {
    private static final int LIST = 200;

    public AccessVerbs(Shell shell) {
        super(shell);
    }

    @Command(
            name = "eligible",
            description = "What I may ask for, and what would be decided.",
            footer = {"", "Example:", "  sallyport eligible web-1"})
    void eligible(
            @Parameters(paramLabel = "TARGET", arity = "0..1", description = "only this target") @Nullable
                    String target,
            @Option(
                            names = "--search",
                            paramLabel = "TEXT",
                            description = "only what has these words in role, target or description")
                    @Nullable
                    String text,
            @Option(
                            names = "--order",
                            paramLabel = "O",
                            description = "name of the role (the default), name-desc, target or target-desc")
                    @Nullable
                    String order,
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 200)") @Nullable
                    Integer limit) {
        JsonNode answer = api().list(
                        "/eligible",
                        Query.of().with("target", target).with("q", text).with("order", order),
                        limit == null ? LIST : limit);
        show(answer, () -> {
            var table = Table.of("ROLE", "TARGET", "AT MOST", "DECISION", "USUALLY IN", "LOGINS", "RUNNING");
            for (JsonNode item : answer.path("items")) {
                table.row(
                        Json.text(item, "role"),
                        Json.text(item, "target"),
                        Words.duration(Json.text(item, "max_duration")),
                        Words.decision(item.path("decision")),
                        usually(item.path("usual_wait")),
                        Json.joined(item.path("logins"), ","),
                        Json.text(item, "running_grant"));
            }
            return render(table, "there is nothing you may ask for" + (target == null ? "" : " on " + target));
        });
    }

    /** How long people usually take to decide: in half of the cases, and in nine of ten. */
    private static String usually(JsonNode wait) {
        return wait.isObject()
                ? Words.duration(Json.text(wait, "half")) + ", 9 of 10 in " + Words.duration(Json.text(wait, "most"))
                : "";
    }

    @Command(
            name = "request",
            description = {
                "Asks for roles on targets. Ends with 0 when approved at once, 3 when somebody must decide, 2 when denied;",
                "with --wait it ends when it is decided."
            },
            footer = {
                "",
                "Example:",
                "  sallyport request ops web-1,web-2 dba prod-db --for 1h --reason \"deploy 4.2\" --ticket OPS-17 --wait",
                "  sallyport request dba prod-db --for 2h --from 22:00 --every week --times 4 --reason \"patch window\"",
                "  sallyport request dba prod-db --for 8h --reason \"move a table\" --dry-run"
            })
    int request(
            @Parameters(paramLabel = "ROLE TARGET[,TARGET…]", arity = "2..*", description = "pairs of role and targets")
                    List<String> words,
            @Option(names = "--for", required = true, paramLabel = "1h", description = "how long") String duration,
            @Option(names = "--from", paramLabel = "T", description = "start later: 14:30, 45m or RFC 3339") @Nullable
                    String from,
            @Option(
                            names = "--every",
                            paramLabel = "day|week",
                            description = "the same window again, each day or week; with --from and --times")
                    @Nullable
                    String every,
            @Option(names = "--times", paramLabel = "N", description = "how many windows, the first included") @Nullable
                    Integer times,
            @Option(names = "--reason", paramLabel = "R", description = "why; others read it") @Nullable String reason,
            @Option(names = "--ticket", paramLabel = "T", description = "a ticket's number") @Nullable String ticket,
            @Option(names = "--wait", description = "wait until it is decided") boolean wait,
            @Option(
                            names = "--break-glass",
                            description =
                                    "it is an emergency: granted at once to those whom policy lets, told to security, and reviewed")
                    boolean breakGlass,
            @Option(
                            names = "--dry-run",
                            description = "ask for nothing: only say what would be decided about just this")
                    boolean dryRun,
            @Option(
                            names = "--totp-stdin",
                            description = "where a second factor is wanted, the first line of standard input is a code")
                    boolean totp) {
        codesFromInput(totp);
        ObjectNode body = Json.object();
        body.set("items", Asked.items(words));
        body.put("duration", Durations.parse("--for", duration).toString());
        body.put(
                "starts_at",
                from == null ? null : times().future("--from", from).toString());
        body.put("reason", reason).put("ticket", ticket);
        body.put("extends", (String) null);
        if (every != null || times != null) {
            if (every == null || times == null || from == null) {
                throw Failure.usage("--every, --times and --from go together", "--from 22:00 --every week --times 4");
            }
            body.set(
                    "repeat",
                    Json.object()
                            .put("every", every)
                            .put("times", times)
                            .put("zone", times().zone().getId()));
        }
        if (breakGlass) {
            body.put("break_glass", true);
        }
        return dryRun ? previewed(api().post("/requests/preview", body)) : asked(api().post("/requests", body), wait);
    }

    /** What would come of it, with the exit code that asking would have. */
    private int previewed(JsonNode previews) {
        show(previews, () -> {
            var text = new StringBuilder("nothing was asked for; this would be decided:\n");
            for (JsonNode item : previews.path("items")) {
                String start = Json.text(item, "starts_at");
                text.append(Json.text(item, "role")).append(" on ").append(Json.text(item, "target"));
                text.append(start.isEmpty() ? "" : " from " + start).append(": ");
                text.append(Words.decision(item.path("decision"))).append('\n');
                String usually = usually(item.path("usual_wait"));
                text.append(usually.isEmpty() ? "" : "  usually in " + usually + "\n");
                Json.texts(item.path("helps"))
                        .forEach(help -> text.append("  ").append(help).append('\n'));
            }
            return text.toString();
        });
        List<String> effects = previews.path("items").values().stream()
                .map(item -> Json.text(item.path("decision"), "effect"))
                .toList();
        return effects.contains("approval") ? Exit.WAITING : effects.contains("allow") ? Exit.DONE : Exit.REFUSED;
    }

    @Command(
            name = "requests",
            description = "Requests: mine (the default), those I may decide, or all.",
            footer = {"", "Example:", "  sallyport requests --to-decide"})
    void requests(
            @Option(names = "--mine", description = "those I made") boolean mine,
            @Option(names = "--to-decide", description = "those that wait for me") boolean decide,
            @Option(names = "--all", description = "all (right request.read-all)") boolean all,
            @Option(names = "--state", paramLabel = "S", description = "pending, approved, denied, expired, withdrawn")
                    @Nullable
                    String state,
            @Option(names = "--requester", paramLabel = "N", description = "only those of this person") @Nullable
                    String requester,
            @Option(names = "--role", paramLabel = "R", description = "only those that ask for this role") @Nullable
                    String role,
            @Option(names = "--target", paramLabel = "T", description = "only those for this target") @Nullable
                    String target,
            @Option(
                            names = "--order",
                            paramLabel = "O",
                            description = "newest (the default) or oldest first, or due: what expires soonest")
                    @Nullable
                    String order,
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 200)") @Nullable
                    Integer limit) {
        if ((mine ? 1 : 0) + (decide ? 1 : 0) + (all ? 1 : 0) > 1) {
            throw Failure.usage("--mine, --to-decide and --all exclude each other", null);
        }
        String view = decide ? "to-decide" : all ? "all" : "mine";
        JsonNode answer = api().list(
                        "/requests",
                        Query.of()
                                .with("view", view)
                                .with("state", state)
                                .with("requester", requester)
                                .with("role", role)
                                .with("target", target)
                                .with("order", order),
                        limit == null ? LIST : limit);
        show(answer, () -> {
            var table = Table.of("ID", "STATE", "BY", "FOR", "WHAT", "DECIDE BY", "REASON");
            for (JsonNode request : answer.path("items")) {
                table.row(
                        Json.text(request, "id"),
                        Json.text(request, "state"),
                        Json.text(request, "requester"),
                        Words.duration(Json.text(request, "requested_duration")),
                        Words.items(request),
                        Json.text(request, "state").equals("pending")
                                ? times().relative(Json.text(request, "expires_at"))
                                : "",
                        Json.text(request, "reason"));
            }
            return render(table, decide ? "nothing waits for your decision" : "no requests");
        });
    }

    @Command(
            name = "show",
            description = "Shows what has this id: a request, grant, lease, event or catalogue object.",
            footer = {"", "Example:", "  sallyport show req_01kb0gq8y9v3mzj1c5t7x2r4wd"})
    void show(@Parameters(paramLabel = "ID", description = "an id with its prefix") String id) {
        JsonNode found = api().get(Shown.path(id));
        show(found, () -> new Shown(this).text(id, found));
    }

    @Command(
            name = "approve",
            description = "Approves requests, perhaps for a shorter time; several one after another.",
            footer = {"", "Example:", "  sallyport approve req_01kb0gq8y9v3mzj1c5t7x2r4wd --for 30m"})
    int approve(
            @Parameters(paramLabel = "ID", arity = "1..*", description = "the requests") List<String> ids,
            @Option(names = "--for", paramLabel = "30m", description = "at most so long") @Nullable String duration,
            @Option(names = "--comment", paramLabel = "C", description = "said to the asker") @Nullable String comment,
            @Option(names = "--item", paramLabel = "ID", description = "only this item; may be repeated") @Nullable
                    List<String> items,
            @Option(
                            names = "--totp-stdin",
                            description =
                                    "where a second factor is wanted, a line of standard input for each request is a code")
                    boolean totp) {
        codesFromInput(totp);
        ObjectNode body = decision(comment, items);
        body.put(
                "duration",
                duration == null ? null : Durations.parse("--for", duration).toString());
        return each(ids, "approve", body);
    }

    @Command(
            name = "deny",
            description = "Denies requests, several one after another.",
            footer = {"", "Example:", "  sallyport deny req_01kb0gq8y9v3mzj1c5t7x2r4wd --comment \"use staging\""})
    int deny(
            @Parameters(paramLabel = "ID", arity = "1..*", description = "the requests") List<String> ids,
            @Option(names = "--comment", required = true, paramLabel = "C", description = "why; said to the asker")
                    String comment,
            @Option(names = "--item", paramLabel = "ID", description = "only this item; may be repeated") @Nullable
                    List<String> items) {
        return each(ids, "deny", decision(comment, items));
    }

    /** Each by itself: one that is refused does not keep the others from being decided, and the answer says so. */
    private int each(List<String> ids, String verb, ObjectNode body) {
        int exit = Exit.DONE;
        for (String id : ids) {
            Answer answer = api().send(
                            "POST",
                            "/requests/" + Query.segment(id) + "/" + verb,
                            Map.of("Content-Type", "application/json"),
                            Json.compact(body));
            if (answer.isGood()) {
                decided(answer.json());
            } else {
                var refusal = answer.refusal();
                exit = shell().fail(refusal.exit(), refusal.code(), refusal.sentence(), refusal.hint());
            }
        }
        return exit;
    }

    @Command(
            name = "withdraw",
            description = "Takes back an own request that is not yet decided.",
            footer = {"", "Example:", "  sallyport withdraw req_01kb0gq8y9v3mzj1c5t7x2r4wd"})
    void withdraw(@Parameters(paramLabel = "ID", description = "the request") String id) {
        decided(api().post("/requests/" + Query.segment(id) + "/withdraw", Json.object()));
    }

    @Command(
            name = "grants",
            description = "My grants that run or are to start; with --all those of everybody (right grant.read-all).",
            footer = {"", "Example:", "  sallyport grants", "  sallyport grants --all --target web-1 -o json"})
    void grants(
            @Option(names = "--all", description = "of everybody") boolean all,
            @Option(names = "--state", paramLabel = "S", description = "scheduled, active, ending, ended") @Nullable
                    String state,
            @Option(names = "--identity", paramLabel = "N", description = "of this person") @Nullable String identity,
            @Option(names = "--target", paramLabel = "T", description = "on this target") @Nullable String target,
            @Option(names = "--role", paramLabel = "R", description = "of this role") @Nullable String role,
            @Option(
                            names = "--order",
                            paramLabel = "O",
                            description = "newest (the default) or oldest first, or due: what ends soonest")
                    @Nullable
                    String order,
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 200)") @Nullable
                    Integer limit) {
        Query query = Query.of()
                .with("view", all ? "all" : "mine")
                .with("state", state)
                .with("identity", identity)
                .with("target", target)
                .with("role", role)
                .with("order", order);
        JsonNode answer = api().list("/grants", query, limit == null ? LIST : limit);
        show(answer, () -> {
            var table = Table.of("ID", "STATE", "ROLE", "TARGET", "WHO", "ENDS", "WHY");
            for (JsonNode grant : answer.path("items")) {
                table.row(
                        Json.text(grant, "id"),
                        Json.text(grant, "state"),
                        Json.text(grant, "role"),
                        Json.text(grant, "target"),
                        Json.text(grant, "identity"),
                        Words.end(grant, times()),
                        Json.text(grant, "end_reason"));
            }
            return render(table, "no grants");
        });
    }

    @Command(
            name = "extend",
            description = "Asks for more time on a running grant; it is decided like any request.",
            footer = {
                "",
                "Example:",
                "  sallyport extend grt_01kb0gq8y9v3mzj1c5t7x2r4wd --for 30m --reason \"still at it\""
            })
    int extend(
            @Parameters(paramLabel = "ID", description = "the grant") String id,
            @Option(names = "--for", required = true, paramLabel = "30m", description = "how much longer")
                    String duration,
            @Option(names = "--reason", paramLabel = "R", description = "why") @Nullable String reason,
            @Option(names = "--wait", description = "wait until it is decided") boolean wait,
            @Option(
                            names = "--totp-stdin",
                            description = "where a second factor is wanted, the first line of standard input is a code")
                    boolean totp) {
        codesFromInput(totp);
        ObjectNode body = Json.object()
                .put("duration", Durations.parse("--for", duration).toString())
                .put("reason", reason);
        return asked(api().post("/grants/" + Query.segment(id) + "/extend", body), wait);
    }

    @Command(
            name = "return",
            description = "Gives a grant back before its end.",
            footer = {"", "Example:", "  sallyport return grt_01kb0gq8y9v3mzj1c5t7x2r4wd"})
    void giveBack(@Parameters(paramLabel = "ID", description = "the grant") String id) {
        JsonNode grant = api().post("/grants/" + Query.segment(id) + "/return", Json.object());
        show(grant, () -> Words.grant(grant, times()) + "\n");
    }

    @Command(
            name = "revoke",
            description = "Ends grants now: one, or all of a person, a target, a role, an incident, or all there are.",
            footer = {
                "",
                "Example:",
                "  sallyport revoke grt_01kb0gq8y9v3mzj1c5t7x2r4wd --reason \"not needed\"",
                "  sallyport revoke --target web-1 --reason \"incident 7\""
            })
    void revoke(
            @Parameters(paramLabel = "ID", arity = "0..1", description = "the grant") @Nullable String id,
            @Option(names = "--identity", paramLabel = "N", description = "all of this person") @Nullable
                    String identity,
            @Option(names = "--target", paramLabel = "T", description = "all on this target") @Nullable String target,
            @Option(names = "--role", paramLabel = "R", description = "all of this role") @Nullable String role,
            @Option(names = "--incident", paramLabel = "ID", description = "all granted for this incident") @Nullable
                    String incident,
            @Option(names = "--all", description = "all there are") boolean all,
            @Option(names = "--reason", required = true, paramLabel = "R", description = "why") String reason) {
        ObjectNode body = Json.object();
        Map<String, String> named = new java.util.LinkedHashMap<>();
        put(named, "grant", id);
        put(named, "identity", identity);
        put(named, "target", target);
        put(named, "role", role);
        put(named, "incident", incident);
        named.forEach(body::put);
        if (all) {
            body.put("all", true);
        }
        if (body.size() != 1) {
            throw Failure.usage(
                    "revoke what? (expected: one of ID, --identity, --target, --role, --incident, --all)",
                    "sallyport revoke --help");
        }
        JsonNode answer = api().post("/revocations", body.put("reason", reason));
        show(answer, () -> revoked(answer));
    }

    @Command(
            name = "quarantine",
            description =
                    "Ends every grant, session and token of a person at once, and lets the person ask for nothing.",
            footer = {"", "Example:", "  sallyport quarantine dev --reason \"laptop stolen\""})
    void quarantine(
            @Parameters(paramLabel = "NAME", description = "the person") String name,
            @Option(names = "--reason", required = true, paramLabel = "R", description = "why") String reason) {
        JsonNode answer =
                api().post("/quarantines", Json.object().put("person", name).put("reason", reason));
        show(
                answer,
                () -> name + " is in quarantine; " + Json.text(answer, "sessions_ended") + " sessions ended\n"
                        + revoked(answer));
    }

    @Command(
            name = "quarantines",
            description = "Who is in quarantine, since when, why and by whose word (right person.quarantine).",
            footer = {"", "Example:", "  sallyport quarantines"})
    void quarantines() {
        JsonNode answer = api().list("/quarantines", Query.of(), LIST);
        show(answer, () -> {
            var table = Table.of("WHO", "SINCE", "WHY", "BY");
            answer.path("items")
                    .forEach(each -> table.row(
                            Json.text(each, "person"),
                            times().relative(Json.text(each, "since")),
                            Json.text(each, "reason"),
                            Json.text(each, "by")));
            return render(table, "nobody is in quarantine");
        });
    }

    @Command(
            name = "unquarantine",
            description = "Lets a person in again; what was ended stays ended.",
            footer = {"", "Example:", "  sallyport unquarantine dev --reason \"laptop found\""})
    void unquarantine(
            @Parameters(paramLabel = "NAME", description = "the person") String name,
            @Option(names = "--reason", required = true, paramLabel = "R", description = "why") String reason) {
        String body = Json.compact(Json.object().put("reason", reason));
        api().good(api().send(
                        "DELETE",
                        "/quarantines/" + Query.segment(name),
                        Map.of("Content-Type", "application/json"),
                        body));
        show(Json.object().put("person", name).put("quarantined", false), () -> name + " is out of quarantine\n");
    }

    private static void put(Map<String, String> named, String name, @Nullable String value) {
        if (value != null) {
            named.put(name, value);
        }
    }

    private static ObjectNode decision(@Nullable String comment, @Nullable List<String> items) {
        ObjectNode body = Json.object().put("comment", comment);
        if (items == null) {
            body.putNull("items");
        } else {
            items.forEach(body.putArray("items")::add);
        }
        return body;
    }

    /** After asking: says how it stands and ends with the code that scripts read. */
    private int asked(JsonNode request, boolean wait) {
        JsonNode last = request;
        if (wait && Json.text(request, "state").equals("pending")) {
            shell().note(Words.request(request, times()));
            last = new Waiting(api(), shell()).untilDecided(request);
        }
        JsonNode shown = last;
        show(shown, () -> Words.request(shown, times()) + "\n");
        return switch (Json.text(shown, "state")) {
            case "approved" -> Exit.DONE;
            case "pending" -> Exit.WAITING;
            default -> Exit.REFUSED;
        };
    }

    private void decided(JsonNode request) {
        show(request, () -> Words.request(request, times()) + "\n");
    }

    private static String revoked(JsonNode answer) {
        List<String> ids = Json.texts(answer.path("revoked"));
        var text = new StringBuilder(ids.size() == 1 ? "1 grant revoked" : ids.size() + " grants revoked").append('\n');
        ids.forEach(id ->
                text.append("  ").append(dev.sallyport.base.Text.printable(id)).append('\n'));
        return text.toString();
    }
}
