package dev.sallyport.cli.session;

import dev.sallyport.cli.shell.Shell;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * Plays a cast in this terminal: a blank pauses, the arrows (or h and l) go five seconds back and on, {@code .} goes on to
 * where something happens next, {@code q} ends. Everything shown has passed a {@link TerminalFilter}.
 */
final class Player {
    private static final long STEP_MILLIS = 20;
    private static final long JUMP_MILLIS = 5_000;
    private static final String CLEARED = "\033[0m\033[?1049l\033[2J\033[H";

    private final Shell shell;
    private final Cast cast;
    private final double speed;
    private final long idleMax;
    private TerminalFilter filter = new TerminalFilter();
    private int next;
    private double at;
    private boolean paused;
    private boolean ended;

    /** @param idleMax pauses longer than this many milliseconds are cut to it; 0 leaves them */
    Player(Shell shell, Cast cast, double speed, long idleMax) {
        this.shell = shell;
        this.cast = cast;
        this.speed = speed;
        this.idleMax = idleMax;
    }

    void play() {
        try (var keys = Keys.of(shell)) {
            long last = System.nanoTime();
            while (!ended && (next < cast.size() || paused)) {
                keys(keys);
                long now = System.nanoTime();
                if (!paused) {
                    at += (now - last) / 1_000_000.0 * speed;
                    skipIdle();
                    show();
                }
                last = now;
                shell.out().flush();
                if (!ended && (paused || next < cast.size())) {
                    LockSupport.parkNanos(pauseNanos());
                }
            }
        } finally {
            shell.out().print("\033[0m\033[?25h\r\n");
            shell.out().flush();
        }
    }

    private long pauseNanos() {
        if (paused) {
            return STEP_MILLIS * 1_000_000;
        }
        double left = ((double) cast.atMillis(next) - at) / speed;
        return Math.round(Math.max(1, Math.min(STEP_MILLIS, left)) * 1_000_000);
    }

    private void skipIdle() {
        if (idleMax > 0 && next < cast.size()) {
            long before = next == 0 ? 0 : cast.atMillis(next - 1);
            long then = cast.atMillis(next);
            if (then - before > idleMax && at >= before + idleMax) {
                at = Math.max(at, (double) then);
            }
        }
    }

    private void show() {
        while (next < cast.size() && cast.atMillis(next) <= at) {
            shell.out().print(filter.filter(cast.text(next)));
            next++;
        }
    }

    private void keys(Keys keys) {
        for (int key = keys.read(); key >= 0; key = keys.read()) {
            switch (key) {
                case ' ' -> paused = !paused;
                case 'q', 3 -> ended = true;
                case 'l' -> seek(at + JUMP_MILLIS);
                case 'h' -> seek(at - JUMP_MILLIS);
                case '.' -> {
                    if (next < cast.size()) {
                        seek((double) cast.atMillis(next));
                    }
                }
                case 0x1b -> arrow(keys);
                default -> {}
            }
        }
    }

    private void arrow(Keys keys) {
        if (keys.read() == '[') {
            switch (keys.read()) {
                case 'C' -> seek(at + JUMP_MILLIS);
                case 'D' -> seek(at - JUMP_MILLIS);
                default -> {}
            }
        }
    }

    private void seek(double to) {
        if (to < at) {
            filter = new TerminalFilter();
            next = 0;
            shell.out().print(CLEARED);
        }
        at = Math.max(0, to);
        show();
    }

    /** Keys as they are pressed, where a person sits in front; otherwise none. */
    private record Keys(Shell shell, String before) implements AutoCloseable {
        static Keys of(Shell shell) {
            if (!shell.interactive()) {
                return new Keys(shell, "");
            }
            String before = stty("-g").strip();
            stty("-icanon", "-echo", "-isig");
            return new Keys(shell, before);
        }

        int read() {
            try {
                return before.isEmpty() || shell.in().available() == 0
                        ? -1
                        : shell.in().read();
            } catch (IOException _) {
                return -1;
            }
        }

        @Override
        public void close() {
            if (before.matches("[0-9a-f:=A-Za-z-]{1,400}")) {
                stty(before);
            }
        }

        private static String stty(String... words) {
            var command = new java.util.ArrayList<String>();
            command.add("stty");
            command.addAll(java.util.List.of(words));
            try {
                Process process = new ProcessBuilder(command)
                        .redirectInput(ProcessBuilder.Redirect.INHERIT)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                String out = new String(
                        process.getInputStream().readNBytes(400), java.nio.charset.StandardCharsets.US_ASCII);
                process.waitFor();
                return out;
            } catch (IOException _) {
                return "";
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return "";
            }
        }
    }
}
