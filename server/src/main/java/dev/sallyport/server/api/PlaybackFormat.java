package dev.sallyport.server.api;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.formats.recording.Asciicast;
import dev.sallyport.formats.recording.Ending;
import dev.sallyport.formats.recording.Entry;
import dev.sallyport.formats.recording.Event;
import dev.sallyport.formats.recording.RecordingHeader;
import dev.sallyport.formats.recording.TextExport;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What recordings are shown as, line by line. */
enum PlaybackFormat {
    ASCIICAST_V3("asciicast-v3", "application/x-asciicast") {
        @Override
        Writer writer(RecordingHeader header, Choice choice, Consumer<String> lines) {
            return cast(3, header, choice, lines);
        }
    },
    ASCIICAST_V2("asciicast-v2", "application/x-asciicast") {
        @Override
        Writer writer(RecordingHeader header, Choice choice, Consumer<String> lines) {
            return cast(2, header, choice, lines);
        }
    },
    TEXT("text", "text/plain;charset=utf-8") {
        @Override
        Writer writer(RecordingHeader header, Choice choice, Consumer<String> lines) {
            return new TextWriter(choice, lines);
        }
    };

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
     */
    record Choice(@Nullable Integer channel, boolean input) {
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
        if (input && format == TEXT) {
            throw InputRefusal.INVALID_VALUE.because("input: true with format text (expected: an asciicast)");
        }
        return format;
    }

    String word() {
        return word;
    }

    String mediaType() {
        return mediaType;
    }

    private static Writer cast(int version, RecordingHeader header, Choice choice, Consumer<String> lines) {
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
