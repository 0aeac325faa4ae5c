package dev.sallyport.bench;

import dev.sallyport.database.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The calls of the API that several benchmarks make. */
final class Asking {
    private static final Pattern GRANT = Pattern.compile("grt_[0-9a-z]{26}");

    private Asking() {}

    static String request(String role, String target) {
        return Json.text(Map.of(
                "items", List.of(Map.of("role", role, "target", target)), "duration", "PT1H", "reason", "bench"));
    }

    static String certificate(String target, String publicKey) {
        return Json.text(Map.of("target", target, "public_key", publicKey));
    }

    /** Asks for a role that is granted at once, and returns the grant. */
    static String grant(Someone who, String role, String target) throws IOException {
        String body = who.prepare("POST", "/requests", request(role, target))
                .send()
                .expect(201)
                .body();
        var found = GRANT.matcher(body);
        if (!found.find()) {
            throw new IllegalStateException("no grant in " + body);
        }
        return found.group();
    }
}
