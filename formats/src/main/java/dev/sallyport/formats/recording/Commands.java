package dev.sallyport.formats.recording;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the commands of a session. What {@code exec} starts is exact. In a shell it is a guess from the screen: what
 * stands behind the prompt when Enter is pressed, where the prompt is what stood there before the first key. So editing
 * keys, completion and recall from history come out as the person saw them. A shell that draws with absolute
 * positions, scripts, aliases and encodings hide what runs; nothing here is a boundary. Shells that mark prompts
 * (OSC 133) make it exact, with exit status. While echo is off, and in the alternate screen, nothing is a command.
 */
public final class Commands implements Consumer<Entry> {
    private final Consumer<Command> found;
    private final Map<Integer, Channel> channels = new HashMap<>();

    public Commands(Consumer<Command> found) {
        this.found = found;
    }

    /** How sure it is. */
    public enum Certainty {
        /** The target was asked for exactly this. */
        EXACT,
        /** The shell marked where its prompt ends. */
        MARKED,
        /** Read off the screen. */
        GUESSED
    }

    /**
     * A command.
     *
     * @param status of an earlier command that is known now, only with {@link Certainty#MARKED} and {@code EXACT}; the
     *     command is then given a second time
     */
    public record Command(long millis, int channel, String text, Certainty certainty, OptionalLong status) {}

    @Override
    public void accept(Entry entry) {
        var channel = channels.computeIfAbsent(entry.channel(), Channel::new);
        channel.now = entry.millis();
        switch (entry.event()) {
            case Event.Terminal terminal -> channel.screen.resize(terminal.columns());
            case Event.Resized resized -> channel.screen.resize(resized.columns());
            case Event.Started(var start, var command) -> channel.started(start, command);
            case Event.Exited(var status) -> channel.exited(status);
            case Event.Data data -> channel.data(data);
            case Event.Closed _ -> channels.remove(entry.channel());
            case Event.Opened _,
                    Event.Signalled _,
                    Event.FileOperation _,
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

    /** What stands behind the prompt of this channel now, to be judged before Enter is passed on. */
    public String typed(int channel) {
        var terminal = channels.get(channel);
        return terminal == null ? "" : terminal.typed();
    }

    private final class Channel implements Screen.Watch {
        private final int number;
        private final Screen screen = new Screen(80, this);
        private final Asciicast.Text text = new Asciicast.Text();
        private final Deque<Long> enters = new ArrayDeque<>();
        private long now;
        private boolean interactive;
        private boolean typing;
        private boolean marked;
        private long promptRow;
        private int promptColumn;
        private String prompt = "";
        private @Nullable Command last;

        Channel(int number) {
            this.number = number;
        }

        void started(Event.Start start, String command) {
            interactive = start == Event.Start.SHELL;
            if (start == Event.Start.EXEC) {
                give(new Command(now, number, command, Certainty.EXACT, OptionalLong.empty()));
            }
        }

        void exited(long status) {
            if (last != null && last.certainty() == Certainty.EXACT) {
                give(new Command(last.millis(), number, last.text(), Certainty.EXACT, OptionalLong.of(status)));
            }
        }

        void data(Event.Data data) {
            if (!interactive) {
                return; // nothing on this screen is a command
            }
            if (data.stream() == Event.Stream.INPUT) {
                if (!screen.isAlternate()) {
                    typed(data.shared());
                }
            } else {
                screen.write(text.decode(data.shared()));
            }
        }

        private void typed(byte[] keys) {
            for (byte key : keys) {
                if (!typing && enters.isEmpty()) {
                    beginTyping();
                }
                if ((key == '\r' || key == '\n') && enters.size() < 100) {
                    enters.add(now);
                    typing = false;
                } else if (key == 3 || key == 4) {
                    typing = false;
                    enters.clear();
                }
            }
        }

        private void beginTyping() {
            typing = true;
            if (!marked) {
                promptRow = screen.dropped() + screen.row();
                promptColumn = screen.column();
                prompt = screen.line()
                        .substring(0, Math.min(promptColumn, screen.line().length()));
            }
        }

        String typed() {
            return typing || marked ? screen.from((int) (promptRow - screen.dropped()), promptColumn) : "";
        }

        @Override
        public void line(CharSequence text) {
            if (enters.isEmpty()) {
                return;
            }
            String whole = screen.from((int) (promptRow - screen.dropped()), 0);
            if (whole.length() < promptColumn || !whole.startsWith(prompt)) {
                // output of the command before: the prompt for what was typed ahead is still to come
                promptRow = screen.dropped() + screen.row() + 1;
                return;
            }
            long at = enters.remove();
            String command =
                    whole.substring(Math.min(whole.length(), promptColumn)).strip();
            if (!command.isEmpty()) {
                give(new Command(
                        at, number, command, marked ? Certainty.MARKED : Certainty.GUESSED, OptionalLong.empty()));
            }
            marked = false;
            promptRow = screen.dropped() + screen.row() + 1;
        }

        @Override
        public void mark(char letter, OptionalInt status) {
            if (letter == 'B') {
                marked = true;
                promptRow = screen.dropped() + screen.row();
                promptColumn = screen.column();
                prompt = screen.line()
                        .substring(0, Math.min(promptColumn, screen.line().length()));
            } else if (letter == 'D' && status.isPresent() && last != null && last.certainty() == Certainty.MARKED) {
                give(new Command(
                        last.millis(), number, last.text(), Certainty.MARKED, OptionalLong.of(status.getAsInt())));
                last = null;
            }
        }

        private void give(Command command) {
            last = command;
            found.accept(command);
        }
    }
}
