package dev.sallyport.cli.access;

import dev.sallyport.base.Durations;
import dev.sallyport.base.Text;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Times;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Requests and grants in sentences; what the server sent is made printable. */
final class Words {
    private Words() {}

    /** {@code req_… waits for 1 approval by leads (decided by 14:05)}. */
    static String request(JsonNode request, Times times) {
        String id = Json.text(request, "id");
        String state = Json.text(request, "state");
        return Text.printable(
                switch (state) {
                    case "pending" ->
                        id + " waits for " + missing(request) + " (decided by "
                                + times.plain(Json.text(request, "expires_at")) + ")";
                    case "approved" -> id + " is approved: " + granted(request);
                    case "denied" -> id + " is denied" + because(request);
                    default -> id + " is " + state;
                });
    }

    /** {@code grt_… is active: ops on web-1 ends 14:05 (in 25m)}. */
    static String grant(JsonNode grant, Times times) {
        return Text.printable(Json.text(grant, "id") + " is " + Json.text(grant, "state") + ": "
                + Json.text(grant, "role") + " on " + Json.text(grant, "target") + ", " + end(grant, times));
    }

    static String end(JsonNode grant, Times times) {
        String ended = Json.text(grant, "ended_at");
        if (!ended.isEmpty()) {
            return "ended " + times.relative(ended);
        }
        if (Json.text(grant, "state").equals("scheduled")) {
            return "starts " + times.relative(Json.text(grant, "starts_at"));
        }
        return times.relative(Json.text(grant, "ends_at"));
    }

    static String items(JsonNode request) {
        var byRole = new LinkedHashMap<String, LinkedHashSet<String>>();
        for (JsonNode item : request.path("items")) {
            byRole.computeIfAbsent(Json.text(item, "role"), _ -> new LinkedHashSet<>())
                    .add(Json.text(item, "target"));
        }
        String what = byRole.entrySet().stream()
                .map(entry -> entry.getKey() + " on " + String.join(",", entry.getValue()))
                .collect(Collectors.joining("; "));
        long windows = request.path("items")
                .valueStream()
                .map(item -> Json.text(item, "starts_at"))
                .filter(start -> !start.isEmpty())
                .distinct()
                .count();
        return windows > 1 ? what + " (" + windows + " windows)" : what;
    }

    static String decision(JsonNode decision) {
        return switch (Json.text(decision, "effect")) {
            case "allow" -> "at once";
            case "approval" -> stages(decision);
            case "deny" -> "denied: " + Json.joined(decision.path("explanation"), "; ");
            default -> Json.text(decision, "effect");
        };
    }

    static String duration(String iso) {
        try {
            return iso.isEmpty() ? "" : Durations.shown(Duration.parse(iso));
        } catch (DateTimeParseException _) {
            return iso;
        }
    }

    /** The last word somebody said: {@code lead approves (looks fine)}. */
    static String latest(JsonNode request) {
        String time = "";
        String words = "";
        for (JsonNode item : request.path("items")) {
            for (JsonNode approval : Json.at(item, "decision", "approvals")) {
                if (Json.text(approval, "at").compareTo(time) >= 0) {
                    time = Json.text(approval, "at");
                    words = said(approval);
                }
            }
        }
        return words;
    }

    static String said(JsonNode approval) {
        String comment = Json.text(approval, "comment");
        String duration = duration(Json.text(approval, "duration"));
        String seat = Json.text(approval, "for");
        return Json.text(approval, "by")
                + (seat.isEmpty() ? "" : " for " + seat)
                + (Json.text(approval, "verdict").equals("deny") ? " denies" : " approves")
                + (duration.isEmpty() ? "" : " for " + duration)
                + (comment.isEmpty() ? "" : ": " + comment);
    }

    private static String missing(JsonNode request) {
        var open = new LinkedHashSet<String>();
        for (JsonNode item : request.path("items")) {
            JsonNode decision = item.path("decision");
            if (Json.text(item, "state").equals("pending")
                    && Json.text(decision, "effect").equals("approval")) {
                for (JsonNode stage : decision.path("stages")) {
                    if (Json.text(stage, "state").equals("open")) {
                        open.add(stage(
                                stage,
                                Math.max(
                                        1,
                                        stage.path("needed").asInt(1)
                                                - stage.path("given").asInt(0))));
                    }
                }
            }
        }
        return open.isEmpty() ? "a decision" : String.join(" and ", open);
    }

    /** {@code 1 approval by leads, then 2 approvals by security or chief}. */
    private static String stages(JsonNode decision) {
        var text = new StringBuilder();
        int position = 0;
        for (JsonNode stage : decision.path("stages")) {
            int here = stage.path("stage").asInt(1);
            text.append(text.isEmpty() ? "" : here > position ? ", then " : " and ");
            text.append(stage(stage, stage.path("needed").asInt(1)));
            position = here;
        }
        return text.isEmpty() ? "after approval" : text.toString();
    }

    private static String stage(JsonNode stage, int count) {
        var who = new ArrayList<>(Json.texts(stage.path("groups")));
        who.addAll(Json.texts(stage.path("people")));
        String service = Json.text(stage, "service");
        if (!service.isEmpty()) {
            who.add("the service " + service);
        }
        return count
                + (count == 1 ? " approval" : " approvals")
                + (who.isEmpty() ? "" : " by " + String.join(" or ", who));
    }

    private static String granted(JsonNode request) {
        var parts = new ArrayList<String>();
        for (JsonNode item : request.path("items")) {
            String what = Json.text(item, "role") + " on " + Json.text(item, "target");
            String grant = Json.text(item, "grant");
            parts.add(what + (grant.isEmpty() ? " " + Json.text(item, "state") : " (" + grant + ")"));
        }
        return String.join(", ", parts);
    }

    private static String because(JsonNode request) {
        var reasons = new LinkedHashSet<String>();
        for (JsonNode item : request.path("items")) {
            JsonNode decision = item.path("decision");
            for (JsonNode approval : decision.path("approvals")) {
                if (Json.text(approval, "verdict").equals("deny")) {
                    reasons.add(said(approval));
                }
            }
            if (Json.text(decision, "effect").equals("deny")) {
                reasons.addAll(Json.texts(decision.path("explanation")));
            }
        }
        return reasons.isEmpty() ? "" : ": " + String.join("; ", reasons);
    }
}
