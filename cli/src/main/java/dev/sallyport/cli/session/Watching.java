package dev.sallyport.cli.session;

import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.verb.Root;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Follows an open session until it ends, filtered as everything recorded is. */
final class Watching {
    private static final String WAIT_SECONDS = "5";

    private final Root root;
    private final String path;
    private final Map<Integer, Channel> channels = new HashMap<>();

    Watching(Root root, String id) {
        this.root = root;
        this.path = "/sessions/" + Query.segment(id);
    }

    /** A channel's bytes become text across the pieces they come in. */
    private static final class Channel {
        private final CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        private final TerminalFilter filter = new TerminalFilter();
        private byte[] left = {};
        private boolean shown;

        /** What was there before one began comes once; one for somebody else who begins is nothing new. */
        boolean takes(boolean picture, boolean begun) {
            boolean taken = !picture || !(begun && shown);
            shown |= taken;
            return taken;
        }

        String next(byte[] bytes) {
            ByteBuffer in = ByteBuffer.allocate(left.length + bytes.length);
            in.put(left).put(bytes).flip();
            CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
            decoder.decode(in, out, false);
            left = new byte[in.remaining()];
            in.get(left);
            return filter.filter(out.flip());
        }
    }

    void follow(String reason) {
        long after = Reasons.tell(
                        root,
                        reason,
                        why -> root.api().post(path + "/watch", Json.object().put("reason", why)))
                .path("after")
                .asLong(0);
        root.shell().note("watching; Ctrl-C stops that, not the session");
        boolean open = true;
        boolean begun = false; // the pictures that one began with are there
        while (open) {
            JsonNode seen = root.api()
                    .get(Query.of()
                            .with("after", Long.toString(after))
                            .with("wait", WAIT_SECONDS)
                            .after(path + "/frames"));
            boolean pictures = false;
            for (JsonNode frame : seen.path("frames")) {
                Channel channel = channels.computeIfAbsent(frame.path("channel").asInt(0), _ -> new Channel());
                boolean picture = frame.path("picture").asBoolean(false);
                pictures |= picture;
                if (channel.takes(picture, begun)) {
                    byte[] bytes = Base64.getDecoder().decode(Json.text(frame, "output"));
                    root.shell().out().print(channel.next(bytes));
                }
            }
            begun |= pictures;
            root.shell().out().flush();
            after = seen.path("after").asLong(after);
            open = seen.path("open").asBoolean(false);
        }
        root.shell().out().print("\033[0m\033[?25h\n");
        root.shell().note("the session has ended");
    }
}
