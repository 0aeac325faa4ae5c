package dev.sallyport.grant;

import dev.sallyport.database.Spec;
import dev.sallyport.policy.SessionObligations;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The stored form of what holds inside sessions. */
public final class SessionTree {
    private SessionTree() {}

    public static Map<String, Object> of(SessionObligations session) {
        var tree = new TreeMap<String, Object>();
        tree.put("recording", session.recording().name().toLowerCase(Locale.ROOT));
        tree.put("supervised", session.supervised());
        tree.put("opaque", session.opaque());
        tree.put("files", session.files());
        tree.put("remote_forwarding", session.remoteForwarding());
        tree.put("idle", session.idle().toString());
        tree.put("longest", session.longest().toString());
        tree.put("grace", session.grace().toString());
        tree.put("environment", session.environment());
        tree.put(
                "commands",
                session.commands().stream()
                        .map(rule ->
                                Map.of("pattern", rule.pattern(), "blocks", rule.blocks(), "message", rule.message()))
                        .toList());
        tree.put("redact", session.redact());
        return tree;
    }

    /** As stored; what is missing is read the strictest way. */
    public static SessionObligations read(Spec spec) {
        return new SessionObligations(
                SessionObligations.Recording.valueOf(
                        spec.text("recording", "strict").toUpperCase(Locale.ROOT)),
                spec.flag("supervised"),
                spec.flag("opaque"),
                spec.flag("files"),
                spec.flag("remote_forwarding"),
                spec.duration("idle", SessionObligations.IDLE),
                spec.duration("longest", SessionObligations.LONGEST),
                spec.text("grace").map(Duration::parse).orElse(Duration.ZERO),
                spec.texts("environment"),
                spec.all("commands").stream()
                        .map(rule -> new SessionObligations.CommandRule(
                                rule.text("pattern", ""),
                                !rule.has("blocks") || rule.flag("blocks"),
                                rule.text("message", "")))
                        .toList(),
                spec.texts("redact"));
    }
}
