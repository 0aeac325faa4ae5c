package dev.sallyport.cli.policy;

import dev.sallyport.cli.api.Api;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A replay with every change, which the server lists part by part. All parts are of the instant and the set of the first,
 * so that nothing is passed over when time goes on meanwhile; a draft that was changed is refused, and one starts again.
 */
record WholeReplay(Api api, Shell shell) {
    private static final String PATH = "/policy/replay";
    private static final String BUSY = "policy.busy";
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int TRIES = 60;

    JsonNode of(ObjectNode asked) {
        JsonNode first = api.post(PATH, asked);
        ObjectNode whole = first.deepCopy().asObject();
        ArrayNode changes = whole.withArray("changes");
        ObjectNode further = asked.deepCopy().put("since", Json.text(first, "since"));
        if (!asked.has("files")) {
            further.put("set", Json.text(first, "set"));
        }
        String next = Json.text(first, "next");
        while (!next.isEmpty()) {
            shell.note(changes.size() + " of " + Json.text(first, "changed") + " changes are there");
            JsonNode part = part(further.put("after", next));
            part.path("changes").forEach(changes::add);
            next = Json.text(part, "next");
        }
        return whole.putNull("next");
    }

    /** Others may be let in between two parts; what is there already is not given up for that. */
    private JsonNode part(ObjectNode asked) {
        for (int left = TRIES; ; left--) {
            try {
                return api.post(PATH, asked);
            } catch (Failure failure) {
                if (!failure.code().equals(BUSY) || left == 0) {
                    throw failure;
                }
                shell.note(failure.sentence() + "; waiting");
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.here("interrupted", "interrupted while the server was busy", null);
        }
    }
}
