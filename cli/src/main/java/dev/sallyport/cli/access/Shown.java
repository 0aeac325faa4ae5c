package dev.sallyport.cli.access;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Yaml;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.verb.Root;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Things that have an id, found by its prefix and told in full. */
record Shown(Root root) {
    private static final Map<String, String> KINDS = Map.ofEntries(
            Map.entry("req_", "/requests/"),
            Map.entry("grt_", "/grants/"),
            Map.entry("lse_", "/leases/"),
            Map.entry("evt_", "/audit/events/"),
            Map.entry("ssn_", "/sessions/"),
            Map.entry("per_", "/people/"),
            Map.entry("idn_", "/identities/"),
            Map.entry("grp_", "/groups/"),
            Map.entry("tgt_", "/targets/"),
            Map.entry("rol_", "/roles/"),
            Map.entry("inc_", "/incidents/"),
            Map.entry("fnd_", "/findings/"),
            Map.entry("elg_", "/eligibilities/"),
            Map.entry("ntf_", "/notifications/"),
            Map.entry("nch_", "/notification-channels/"),
            Map.entry("nro_", "/notification-routes/"),
            Map.entry("dsv_", "/decision-services/"));

    static String path(String id) {
        String kind = id.length() > 4 ? KINDS.get(id.substring(0, 4)) : null;
        if (kind == null) {
            throw Failure.usage(
                    "show: " + Text.quoted(id) + " (expected: an id that starts with "
                            + String.join(", ", KINDS.keySet().stream().sorted().toList()) + ")",
                    null);
        }
        return kind + Query.segment(id);
    }

    String text(String id, JsonNode found) {
        return switch (id.substring(0, 4)) {
            case "req_" -> request(found);
            case "grt_" -> grant(found);
            default -> Yaml.write(found);
        };
    }

    private String request(JsonNode request) {
        var text = new StringBuilder();
        text.append(Words.request(request, root.times())).append('\n');
        line(
                text,
                "asked by",
                Json.text(request, "requester") + " at " + root.times().plain(Json.text(request, "created_at")));
        line(text, "for", Words.duration(Json.text(request, "requested_duration")));
        line(text, "reason", Json.text(request, "reason"));
        line(text, "ticket", Json.text(request, "ticket"));
        line(text, "starts", root.times().relative(Json.text(request, "starts_at")));
        line(text, "extends", Json.text(request, "extends"));
        line(text, "you may", Json.joined(request.path("may"), " or "));
        for (JsonNode item : request.path("items")) {
            JsonNode decision = item.path("decision");
            line(
                    text,
                    "item",
                    Json.text(item, "id") + ": " + Json.text(item, "role") + " on " + Json.text(item, "target") + ", "
                            + Json.text(item, "state"));
            line(text, "  starts", root.times().relative(Json.text(item, "starts_at")));
            line(text, "  decision", Words.decision(decision));
            decision.path("stages").forEach(stage -> line(text, "  not told", Json.text(stage, "untold")));
            decision.path("approvals")
                    .forEach(approval -> line(
                            text,
                            "  said",
                            Words.said(approval) + " (" + root.times().plain(Json.text(approval, "at")) + ")"));
            decision.path("stages").forEach(stage -> {
                unheard(text, stage);
                fallback(text, stage);
            });
            JsonNode gives = item.path("gives");
            line(text, "  opens", Json.joined(gives.path("logins"), ", "));
            line(text, "  rights", Json.joined(gives.path("rights"), ", "));
            background(text, item.path("background"));
            decision.path("explanation").forEach(why -> line(text, "  because", Json.text(why)));
            line(text, "  incidents", Json.joined(decision.path("incidents"), ", "));
            line(text, "  grant", Json.text(item, "grant"));
        }
        return text.toString();
    }

    private void unheard(StringBuilder text, JsonNode stage) {
        String since = Json.text(stage, "unheard_at");
        if (!since.isEmpty()) {
            line(
                    text,
                    "  silent",
                    "the service " + Json.text(stage, "service") + "; others decide ("
                            + root.times().plain(since) + ")");
        }
    }

    private void fallback(StringBuilder text, JsonNode stage) {
        String fell = Json.text(stage, "fell_back_at");
        String due = Json.text(stage, "fallback_at");
        if (!fell.isEmpty()) {
            line(
                    text,
                    "  fallback",
                    "nobody answered, granted as an emergency (" + root.times().plain(fell) + ")");
        } else if (!due.isEmpty()) {
            line(
                    text,
                    "  fallback",
                    "as an emergency " + root.times().relative(due) + ", to members of "
                            + Json.joined(stage.path("fallback_groups"), " or "));
        }
    }

    /** What only others than the requester are told. */
    private void background(StringBuilder text, JsonNode background) {
        if (background.isObject()) {
            int held = background.path("held").asInt(0);
            line(
                    text,
                    "  before",
                    held == 0
                            ? "never had it in 90 days"
                            : "had it " + held + (held == 1 ? " time" : " times") + " in 90 days, last "
                                    + root.times().plain(Json.text(background, "last_held")));
            int denied = background.path("denied").asInt(0);
            line(text, "  denied", denied == 0 ? "" : denied + (denied == 1 ? " time" : " times") + " in 90 days");
            line(text, "  held by", Json.joined(background.path("held_by"), ", "));
            JsonNode risk = background.path("risk");
            if (risk.isObject()) {
                line(text, "  risk", risk.path("points").asInt(0) + " of 100");
                risk.path("reasons")
                        .forEach(reason -> line(
                                text, "", "  +" + reason.path("points").asInt(0) + " " + Json.text(reason, "why")));
            }
        }
    }

    private String grant(JsonNode grant) {
        var text = new StringBuilder();
        text.append(Words.grant(grant, root.times())).append('\n');
        line(text, "held by", Json.text(grant, "identity"));
        line(text, "request", Json.text(grant, "request"));
        line(text, "logins", Json.joined(grant.path("logins"), ", "));
        line(text, "incidents", Json.joined(grant.path("incidents"), ", "));
        line(text, "starts", root.times().relative(Json.text(grant, "starts_at")));
        line(text, "why ended", Json.text(grant, "end_reason"));
        line(text, "comment", Json.text(grant, "end_comment"));
        for (JsonNode lease : grant.path("leases")) {
            line(
                    text,
                    "lease",
                    Json.text(lease, "id") + ": " + Json.text(lease, "kind") + " " + Json.text(lease, "state")
                            + ", expires " + root.times().relative(Json.text(lease, "expires_at")));
            line(text, "  error", Json.text(lease, "last_error"));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append("  %-11s %s%n".formatted(name, Text.printable(value)));
        }
    }
}
