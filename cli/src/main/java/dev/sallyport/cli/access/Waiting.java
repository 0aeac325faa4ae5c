package dev.sallyport.cli.access;

import dev.sallyport.cli.api.Api;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** Waits for others to decide, and says what they do meanwhile. The server ends every request, so this ends too. */
record Waiting(Api api, Shell shell) {
    private static final Duration SHORTEST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    JsonNode untilDecided(JsonNode first) {
        JsonNode request = first;
        Duration pause = SHORTEST;
        int seen = approvals(first);
        while (Json.text(request, "state").equals("pending")) {
            sleep(pause);
            pause = pause.multipliedBy(3).dividedBy(2);
            pause = pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
            request = api.get("/requests/" + Query.segment(Json.text(first, "id")));
            if (approvals(request) > seen) {
                seen = approvals(request);
                shell.note(Words.latest(request));
                pause = SHORTEST;
            }
        }
        return request;
    }

    private static int approvals(JsonNode request) {
        int count = 0;
        for (JsonNode item : request.path("items")) {
            count += Json.at(item, "decision", "approvals").size();
        }
        return count;
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.here("interrupted", "interrupted while waiting; the request stays", null);
        }
    }
}
