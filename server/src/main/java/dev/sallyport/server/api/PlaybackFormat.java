package dev.sallyport.server.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.formats.json.CanonicalJson;
import dev.sallyport.formats.recording.Asciicast;
import dev.sallyport.formats.recording.CastParts;
import dev.sallyport.formats.recording.Ending;
import dev.sallyport.formats.recording.Entry;
import dev.sallyport.formats.recording.Event;
import dev.sallyport.formats.recording.RecordingHeader;
import dev.sallyport.formats.recording.TextExport;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What recordings are shown as, line by line. */
enum PlaybackFormat {
    ASCIICAST_V3("asciicast-v3", "application/x-asciicast") {
        @Override
        Writer writer(RecordingHeader header, Choice choice, Consumer<String> lines) {
            return cast(3, header, choice, Asciicast.Lines.written(lines));
        }
    },
    ASCIICAST_V2("asciicast-v2", "application/x-asciicast") {
        @Override
        Writer writer(RecordingHeader header, Choice choice, Consumer<String> lines) {
            return cast(
                    2,
                    header,
                    choice,
                    choice.part == null
                            ? Asciicast.Lines.written(lines)
                            : new CastParts.Part(choice.part.plan(), choice.part.number(), lines));
        }
    },
    /** Where a text was shown: a JSON object a line, with the second and the line. */
    FOUND("found", "application/x-ndjson") {
        @Override
        Writer writer(RecordingHeader header, Choice choice, Consumer<String> lines) {
            return new FindWriter(header, choice, lines);
        }
    },
    TEXT("text", "text/plain;charset=utf-8") {
        @Override
        Writer writer(RecordingHeader header, Choice choice, Consumer<String> lines) {
            return new TextWriter(choice, lines);
        }
    };

    /** So many places of a text are told. */
    static final int FOUND_MAX = 50;

    private static final int FOUND_LINE = 200;

    private final String word;
    private final String mediaType;

    PlaybackFormat(String word, String mediaType) {
        this.word = word;
        this.mediaType = mediaType;
    }

    /**
     * What of the recording.
     *
     * @param channel this one alone; otherwise all for text, and the first terminal for a cast
     * @param input whether what was typed is in it
     * @param at the part alone that shows this moment, in milliseconds of the session
     * @param part which that is, as soon as it is known
     * @param find the text that is looked for
     */
    record Choice(
            @Nullable Integer channel,
            boolean input,
            @Nullable Long at,
            @Nullable PartOf part,
            String find) {
        /** One of the parts of a long cast. */
        record PartOf(CastParts.Plan plan, int number) {}

        Choice of(CastParts.Plan plan) {
            return at == null ? this : new Choice(channel, input, at, new PartOf(plan, plan.partAt(at)), find);
        }

        Choice {
            if (channel != null && (channel < 0 || channel > Entry.MAX_CHANNEL)) {
                throw InputRefusal.INVALID_VALUE.because(
                        "channel: " + channel + " (expected: 0 to " + Entry.MAX_CHANNEL + ")");
            }
        }
    }

    /** Turns events into lines. */
    interface Writer extends Consumer<Entry> {
        void finish(Ending ending);
    }

    abstract Writer writer(RecordingHeader header, Choice choice, Consumer<String> lines);

    static PlaybackFormat of(String word, boolean input) {
        PlaybackFormat format = Arrays.stream(values())
                .filter(value -> value.word.equals(word))
                .findFirst()
                .orElseThrow(() -> InputRefusal.INVALID_VALUE.because("format: " + Text.quoted(word) + " (expected: "
                        + Arrays.stream(values()).map(value -> value.word).collect(Collectors.joining(", ")) + ")"));
        if (input && (format == TEXT || format == FOUND)) {
            throw InputRefusal.INVALID_VALUE.because("input: true with format " + word + " (expected: an asciicast)");
        }
        return format;
    }

    String word() {
        return word;
    }

    /** Of files. */
    String suffix() {
        return switch (this) {
            case ASCIICAST_V2, ASCIICAST_V3 -> ".cast";
            case FOUND -> ".ndjson";
            case TEXT -> ".txt";
        };
    }

    String mediaType() {
        return mediaType;
    }

    /** What a reader that only plans the parts of a cast writes. */
    static Writer planning(RecordingHeader header, Choice choice, CastParts.Planning planning) {
        return cast(2, header, choice, planning);
    }

    private static Writer cast(int version, RecordingHeader header, Choice choice, Asciicast.Lines lines) {
        var cast = new Asciicast(version, choice.input, choice.channel, header, lines);
        return new Writer() {
            @Override
            public void accept(Entry entry) {
                cast.accept(entry);
            }

            @Override
            public void finish(Ending ending) {
                cast.finish(ending);
            }
        };
    }

    /** In the terminal that a cast shows, whatever the letters' case; the first lines alone. */
    private static final class FindWriter implements Writer {
        private final Asciicast cast;
        private final TextExport text;
        private final String wanted;
        private final Consumer<String> lines;
        private int found;

        FindWriter(RecordingHeader header, Choice choice, Consumer<String> lines) {
            this.cast = new Asciicast(2, false, choice.channel, header, _ -> {});
            this.text = new TextExport(this::look);
            this.wanted = choice.find.toLowerCase(Locale.ROOT);
            this.lines = lines;
        }

        private void look(long millis, String line) {
            if (found > FOUND_MAX || !line.toLowerCase(Locale.ROOT).contains(wanted)) {
                return;
            }
            found++;
            if (found > FOUND_MAX) {
                lines.accept("{\"more\":true}");
            } else {
                String shown = Text.printable(line);
                String at = BigDecimal.valueOf(millis, 3).toPlainString();
                lines.accept("{\"at\":" + at + ",\"line\":"
                        + new String(CanonicalJson.bytes(beginning(shown)), UTF_8)
                        + "}");
            }
        }

        /** Whole characters alone: half of one would be no text. */
        private static String beginning(String line) {
            int end = Math.min(FOUND_LINE, line.length());
            return line.substring(0, end > 0 && Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end);
        }

        @Override
        public void accept(Entry entry) {
            cast.accept(entry);
            if (cast.channel() != null && cast.channel() == entry.channel()) {
                text.accept(entry);
            }
        }

        @Override
        public void finish(Ending ending) {
            text.finish();
        }
    }

    private static final class TextWriter implements Writer {
        private final Choice choice;
        private final Consumer<String> lines;
        private final TextExport text;

        TextWriter(Choice choice, Consumer<String> lines) {
            this.choice = choice;
            this.lines = lines;
            this.text = new TextExport((_, line) -> lines.accept(line));
        }

        @Override
        public void accept(Entry entry) {
            if (entry.event() instanceof Event.Gap gap) {
                lines.accept("[" + Text.printable(Asciicast.told(gap)) + "]");
            } else if (choice.channel == null || choice.channel == entry.channel()) {
                text.accept(entry);
            }
        }

        @Override
        public void finish(Ending ending) {
            text.finish();
            if (ending instanceof Ending.CutShort cut) {
                lines.accept("[" + Text.printable(Asciicast.told(cut)) + "]");
            }
        }
    }
}
