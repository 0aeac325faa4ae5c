package dev.sallyport.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.NullMarked;

/**
 * How many bytes a page takes that nothing of is cached, as the browser itself counts them. It counts what has arrived and waits for
 * nothing: a part of the page before that was broken off never arrives.
 */
@NullMarked
final class FirstLoad {
    /** What a page is made of; what it goes on to follow is none of its first load. */
    private static final Set<String> PARTS = Set.of("Document", "Stylesheet", "Script", "Font", "Image");

    private final CDPSession devTools;
    /** By the browser's name of the request: whether it came compressed. */
    private final Map<String, Boolean> answered = new HashMap<>();

    private final Map<String, Long> arrived = new HashMap<>();

    FirstLoad(Page page) {
        devTools = page.context().newCDPSession(page);
        devTools.on("Network.responseReceived", this::answers);
        devTools.on(
                "Network.loadingFinished",
                each -> arrived.put(
                        each.get("requestId").getAsString(),
                        each.get("encodedDataLength").getAsLong()));
        devTools.send("Network.enable");
        var uncached = new JsonObject();
        uncached.addProperty("cacheDisabled", true);
        devTools.send("Network.setCacheDisabled", uncached);
    }

    private void answers(JsonObject event) {
        if (PARTS.contains(event.get("type").getAsString())) {
            JsonObject headers = event.getAsJsonObject("response").getAsJsonObject("headers");
            answered.put(
                    event.get("requestId").getAsString(),
                    headers.keySet().stream().anyMatch("content-encoding"::equalsIgnoreCase));
        }
    }

    void begin() {
        answered.clear();
        arrived.clear();
    }

    /** What came since the beginning, with its headers; what was not compressed counts as if it had been. */
    long bytes() {
        return Map.copyOf(answered).entrySet().stream()
                .filter(each -> arrived.containsKey(each.getKey()))
                .mapToLong(each -> each.getValue() ? cameAs(each.getKey()) : compressed(each.getKey()))
                .sum();
    }

    private long cameAs(String request) {
        return arrived.getOrDefault(request, 0L);
    }

    private long compressed(String request) {
        var of = new JsonObject();
        of.addProperty("requestId", request);
        JsonObject answer;
        try {
            answer = devTools.send("Network.getResponseBody", of);
        } catch (PlaywrightException e) {
            // the browser has let go of it: as it came is at least as much
            return cameAs(request);
        }
        String body = answer.get("body").getAsString();
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(
                    answer.get("base64Encoded").getAsBoolean()
                            ? Base64.getDecoder().decode(body)
                            : body.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.size();
    }
}
