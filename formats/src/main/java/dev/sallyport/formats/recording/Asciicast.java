package dev.sallyport.formats.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.formats.json.CanonicalJson;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes one terminal of a recording as asciicast, version 2 or 3: the channel asked for, otherwise the first that gets a
 * terminal, or the first with output if none does; files on their way are no output. Bytes that are no UTF-8 become
 * U+FFFD; input is left out unless asked for. What was not recorded is a marker.
 */
public final class Asciicast implements Consumer<Entry> {
    private static final int COLUMNS = 80;
    private static final int ROWS = 24;

    /** Markers from before the terminal began, the most. */
    private static final int MAX_EARLY = 100;

    private final int version;
    private final boolean withInput;
    private final RecordingHeader header;
    private final Lines lines;
    private final Text output = new Text();
    private final Text input = new Text();
    private final Set<Integer> unreadable = new HashSet<>();
    private final List<String> early = new ArrayList<>();
    private @Nullable Integer channel;
    private long last;
    private boolean begun;
    private boolean withoutTerminal;
    private boolean afterReturn;

    /** The lines of a cast before they are written. */
    public interface Lines {
        /** The first one, with these values in this order. */
        void head(Map<String, Object> head);

        /** @param millis of the session in version 2, since the event before in version 3 */
        void event(long millis, String code, String data);

        /** As JSON, without line feeds. */
        static Lines written(Consumer<String> lines) {
            return new Lines() {
                @Override
                public void head(Map<String, Object> head) {
                    lines.accept(json(head));
                }

                @Override
                public void event(long millis, String code, String data) {
                    String time = BigDecimal.valueOf(millis, 3).toPlainString();
                    lines.accept("[" + time + "," + json(code) + "," + json(data) + "]");
                }
            };
        }
    }

    /** Lines go to {@code lines} without their line feeds. */
    public Asciicast(int version, boolean withInput, RecordingHeader header, Consumer<String> lines) {
        this(version, withInput, null, header, lines);
    }

    /** Of this channel alone, if one is given. */
    public Asciicast(
            int version, boolean withInput, @Nullable Integer channel, RecordingHeader header, Consumer<String> lines) {
        this(version, withInput, channel, header, Lines.written(lines));
    }

    /** Of this channel alone, if one is given, not written yet. */
    public Asciicast(int version, boolean withInput, @Nullable Integer channel, RecordingHeader header, Lines lines) {
        if (version != 2 && version != 3) {
            throw new IllegalArgumentException("asciicast: version " + version + " (expected: 2 or 3)");
        }
        this.version = version;
        this.withInput = withInput;
        this.channel = channel;
        this.header = header;
        this.lines = lines;
    }

    @Override
    public void accept(Entry entry) {
        if (entry.event() instanceof Event.Gap gap) {
            marker(entry.millis(), told(gap));
            return;
        }
        if (channel != null && channel != entry.channel()) {
            return;
        }
        switch (entry.event()) {
            case Event.Terminal(var type, var columns, var rows) -> {
                begin(entry, type, columns, rows);
                withoutTerminal = false;
            }
            case Event.Resized(var columns, var rows) -> event(entry, "r", columns + "x" + rows);
            case Event.Data data -> data(entry, data);
            case Event.Exited(var status) when begun && version == 3 -> event(entry, "x", Long.toString(status));
            case Event.Opened(var type, var _)
            when type != Event.ChannelType.TERMINAL -> unreadable.add(entry.channel());
            case Event.Opened _ -> unreadable.remove(entry.channel());
            case Event.Started _,
                    Event.Exited _,
                    Event.Signalled _,
                    Event.FileOperation _,
                    Event.Closed _,
                    Event.Message _,
                    Event.Paused _,
                    Event.Watched _,
                    Event.Marked _,
                    Event.Ended _,
                    Event.Environment _,
                    Event.Gap _,
                    Event.Unknown _ -> {}
        }
    }

    /** The channel that is shown, as soon as it is known. */
    public @Nullable Integer channel() {
        return channel;
    }

    /** A recording without a terminal is an empty cast, which still has its header. */
    public void finish() {
        if (!begun) {
            head("", COLUMNS, ROWS);
        }
    }

    /** As {@link #finish()}, and says where a recording that was cut short stops. */
    public void finish(Ending ending) {
        finish();
        if (ending instanceof Ending.CutShort cut) {
            marker(Math.max(last, cut.knownUntil()), told(cut));
        }
    }

    /** A gap in words. */
    public static String told(Event.Gap gap) {
        return "not recorded: " + gap.events() + " events, " + gap.bytes() + " bytes (" + gap.reason() + ")";
    }

    /** In words, that and why the rest is missing. */
    public static String told(Ending.CutShort cut) {
        return "the recording is cut short here: " + cut.reason() + ", at most " + cut.lostAtMost() + " ms lost";
    }

    private void marker(long millis, String text) {
        if (begun) {
            event(millis, "m", text);
        } else if (early.size() < MAX_EARLY) {
            early.add(text);
        }
    }

    private void data(Entry entry, Event.Data data) {
        if (unreadable.contains(entry.channel())) {
            return;
        }
        switch (data.stream()) {
            case OUTPUT, ERROR -> {
                if (!begun) {
                    begin(entry, "", COLUMNS, ROWS);
                    withoutTerminal = true;
                }
                String shown = output.decode(data.shared());
                text(entry, "o", withoutTerminal ? returned(shown) : shown);
            }
            case INPUT -> {
                if (withInput && begun) {
                    text(entry, "i", input.decode(data.shared()));
                }
            }
        }
    }

    /** Where no terminal of the target's turned line feeds into new lines, the terminal of who runs ssh did. */
    private String returned(String text) {
        var lines = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' && !afterReturn) {
                lines.append('\r');
            }
            lines.append(c);
            afterReturn = c == '\r';
        }
        return lines.toString();
    }

    private void text(Entry entry, String code, String text) {
        if (!text.isEmpty()) {
            event(entry, code, text);
        }
    }

    private void begin(Entry entry, String type, int columns, int rows) {
        if (begun) {
            event(entry, "r", columns + "x" + rows);
            return;
        }
        channel = entry.channel();
        head(type, Math.max(1, columns), Math.max(1, rows));
    }

    private void head(String type, int columns, int rows) {
        begun = true;
        var head = new LinkedHashMap<String, Object>();
        head.put("version", version);
        head.put("timestamp", header.started().getEpochSecond());
        head.put("title", header.session());
        if (version == 2) {
            head.put("width", columns);
            head.put("height", rows);
            if (!type.isEmpty()) {
                head.put("env", Map.of("TERM", type));
            }
        } else {
            head.put(
                    "term",
                    type.isEmpty()
                            ? Map.of("cols", columns, "rows", rows)
                            : Map.of("cols", columns, "rows", rows, "type", type));
        }
        lines.head(head);
        early.forEach(text -> event(last, "m", text));
    }

    private void event(Entry entry, String code, String data) {
        event(entry.millis(), code, data);
    }

    private void event(long at, String code, String data) {
        if (!begun) {
            return;
        }
        long millis = version == 2 ? at : at - last;
        last = at;
        lines.event(millis, code, data);
    }

    private static String json(Object tree) {
        return new String(CanonicalJson.bytes(tree), UTF_8);
    }

    /** Decodes UTF-8 whose characters may be split between events. */
    static final class Text {
        private final CharsetDecoder decoder = UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        private byte[] rest = new byte[0];

        String decode(byte[] more) {
            byte[] all = rest.length == 0 ? more : joined(more);
            int whole = whole(all);
            var in = ByteBuffer.wrap(all, whole, all.length - whole);
            var out = CharBuffer.allocate(in.remaining() + 1);
            var _ = decoder.decode(in, out, false);
            rest = new byte[in.remaining()];
            in.get(rest);
            return new String(all, 0, whole, UTF_8) + out.flip();
        }

        private byte[] joined(byte[] more) {
            byte[] all = Arrays.copyOf(rest, rest.length + more.length);
            System.arraycopy(more, 0, all, rest.length, more.length);
            return all;
        }

        /** How many bytes cannot belong to a character that goes on: those before the last that begins one. */
        private static int whole(byte[] bytes) {
            for (int at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at--) {
                if ((bytes[at] & 0xc0) != 0x80) {
                    return at;
                }
            }
            return bytes.length;
        }
    }
}
