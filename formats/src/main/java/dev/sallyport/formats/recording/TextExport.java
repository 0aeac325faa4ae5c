package dev.sallyport.formats.recording;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What the screens of a recording said, line by line without control sequences: to be read, and for search. Files on
 * their way are no screens.
 */
public final class TextExport implements Consumer<Entry> {
    private final BiConsumer<Long, String> lines;
    private final Map<Integer, Channel> channels = new HashMap<>();
    private final Set<Integer> unreadable = new HashSet<>();
    private long now;

    /** Each line comes with the time it was finished, in milliseconds of the session. */
    public TextExport(BiConsumer<Long, String> lines) {
        this.lines = lines;
    }

    private final class Channel implements Screen.Watch {
        private final Screen screen = new Screen(Screen.MAX_LINE, this);
        private final Asciicast.Text text = new Asciicast.Text();
        private final StringBuilder drawn = new StringBuilder();

        @Override
        public void line(CharSequence line) {
            flushDrawn();
            give(line.toString());
        }

        @Override
        public void drawn(String more) {
            if (more.equals("\n") || drawn.length() >= Screen.MAX_LINE) {
                flushDrawn();
            }
            if (!more.equals("\n")) {
                drawn.append(more);
            }
        }

        void finish() {
            flushDrawn();
            give(screen.line());
        }

        private void flushDrawn() {
            give(drawn.toString());
            drawn.setLength(0);
        }

        private void give(String line) {
            String stripped = line.stripTrailing();
            if (!stripped.isEmpty()) {
                lines.accept(now, stripped);
            }
        }
    }

    @Override
    public void accept(Entry entry) {
        now = entry.millis();
        if (entry.event() instanceof Event.Opened(var type, var _)) {
            if (type == Event.ChannelType.TERMINAL) {
                unreadable.remove(entry.channel());
            } else {
                unreadable.add(entry.channel());
            }
        } else if (entry.event() instanceof Event.Data data
                && data.stream() != Event.Stream.INPUT
                && !unreadable.contains(entry.channel())) {
            var channel = channels.computeIfAbsent(entry.channel(), _ -> new Channel());
            channel.screen.write(channel.text.decode(data.shared()));
        } else if (entry.event() instanceof Event.Closed) {
            var channel = channels.remove(entry.channel());
            if (channel != null) {
                channel.finish();
            }
        }
    }

    /** Gives what stands in lines that were not finished. */
    public void finish() {
        channels.values().forEach(Channel::finish);
        channels.clear();
    }
}
