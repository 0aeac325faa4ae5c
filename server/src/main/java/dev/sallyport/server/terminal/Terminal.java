package dev.sallyport.server.terminal;

import dev.sallyport.base.Refusal;
import dev.sallyport.gateway.ssh.BrowserConnection;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One terminal: a connection through a gateway, a shell, and what it has shown lately. It is connected when it is first
 * looked at, since only then is its size known, and lives on for a while when nobody looks.
 */
public final class Terminal {
    /** The largest size that a browser may ask for. */
    public static final int COLUMNS_MAX = 500;

    public static final int ROWS_MAX = 300;

    /** Bytes that may have been typed without the far side having taken them. */
    static final long WAITING_MAX = 1 << 20;

    private static final Logger LOG = Logger.getLogger(Terminal.class.getName());
    private static final Duration BREATH = Duration.ofSeconds(15);

    private final String id;
    private final Holder holder;
    private final Destination destination;
    private final Scrollback scrollback = new Scrollback();
    private final BlockingQueue<byte[]> typed = new LinkedBlockingQueue<>();
    private final AtomicLong waiting = new AtomicLong();
    private int shownColumns;
    private int shownRows;
    private @Nullable View view;
    private @Nullable BrowserConnection connection;
    private BrowserConnection.@Nullable Shell shell;
    private Stage stage = Stage.NEW;
    private String ending = "";
    private long unseenSince = System.nanoTime();

    private enum Stage {
        NEW,
        CONNECTING,
        OPEN,
        ENDED
    }

    /** Whose it is: the person, and the sign-in of the browser; until when that counts. */
    record Holder(String person, String signIn, Instant until) {}

    /** Makes the connection; what it refuses is shown to who waits. */
    @FunctionalInterface
    interface Connecting {
        BrowserConnection connect();
    }

    Terminal(String id, Holder holder, Destination destination) {
        this.id = id;
        this.holder = holder;
        this.destination = destination;
    }

    public String id() {
        return id;
    }

    Holder holder() {
        return holder;
    }

    public Destination destination() {
        return destination;
    }

    public synchronized boolean hasEnded() {
        return stage == Stage.ENDED;
    }

    /** Why it is over; empty while it is not. */
    public synchronized String ending() {
        return ending;
    }

    /** How long nobody has looked at it. */
    synchronized Duration unseen() {
        return view != null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - unseenSince);
    }

    // Looking at it
    // ----------------------------------------------------------------------------------------------------------

    /**
     * Shows it from a place on, instead of wherever it was shown before.
     *
     * @param connecting how it is connected, if it is not yet
     */
    synchronized void attach(View shown, int columns, int rows, long from, Connecting connecting) {
        View before = view;
        view = shown;
        if (before != null) {
            before.close(true);
        }
        Thread.ofVirtual().name("terminal " + id + " output").start(() -> show(shown, from));
        if (stage == Stage.NEW) {
            stage = Stage.CONNECTING;
            shownColumns = columns;
            shownRows = rows;
            Thread.ofVirtual().name("terminal " + id).start(() -> run(connecting, columns, rows));
        } else if (stage == Stage.OPEN) {
            resize(columns, rows);
        }
    }

    synchronized void detach(View gone) {
        if (gone.equals(view)) {
            view = null;
            unseenSince = System.nanoTime();
            scrollback.wake();
        }
    }

    private synchronized boolean isShown(View by) {
        return by.equals(view);
    }

    private void show(View by, long from) {
        try {
            long at = scrollback.nearest(from);
            by.begins(at, scrollback.end());
            boolean opened = false;
            while (isShown(by)) {
                if (!opened && isOpen()) {
                    by.open();
                    opened = true;
                }
                Scrollback.Piece piece = scrollback.after(at, BREATH);
                if (!isShown(by)) {
                    return;
                }
                if (piece.bytes().hasRemaining()) {
                    if (piece.at() != at) {
                        by.begins(piece.at(), piece.at());
                    }
                    at = piece.at() + piece.bytes().remaining();
                    by.output(piece.bytes());
                } else if (scrollback.isOver(at)) {
                    by.ended(ending());
                    by.close(false);
                    return;
                } else {
                    by.alive();
                }
            }
        } catch (InterruptedException | IOException | IllegalStateException e) {
            LOG.log(Level.FINER, "a terminal is not looked at any more", e);
            by.close(false);
        } finally {
            detach(by);
        }
    }

    // What goes through
    // ----------------------------------------------------------------------------------------------------------

    private synchronized boolean isOpen() {
        return stage == Stage.OPEN;
    }

    private void run(Connecting connecting, int columns, int rows) {
        String why = "The session has ended.";
        BrowserConnection made = null;
        try {
            made = connecting.connect();
            BrowserConnection.Shell opened = made.shell(columns, rows);
            if (begin(made, opened)) {
                pass(opened.output());
                OptionalInt status = opened.status();
                why = status.isPresent()
                        ? "The shell has ended (exit status " + status.getAsInt() + ")."
                        : made.farewell().isEmpty() ? "The session was ended." : made.farewell();
            }
        } catch (Refusal refusal) {
            why = refusal.sentence()
                    + Optional.ofNullable(refusal.hint())
                            .map(hint -> " (" + hint + ")")
                            .orElse("");
        } catch (InterruptedException _) {
            why = "The server is being stopped.";
        } catch (IOException e) {
            why = "The connection through the gateway has gone.";
            LOG.log(Level.FINE, "a terminal's connection", e);
        } catch (RuntimeException e) {
            why = "Something went wrong on our side; the server's log says what.";
            LOG.log(Level.SEVERE, "terminal " + id, e);
        } finally {
            end(why);
            if (made != null) {
                made.close();
            }
        }
    }

    private synchronized boolean begin(BrowserConnection made, BrowserConnection.Shell opened) {
        if (stage != Stage.CONNECTING) {
            return false;
        }
        connection = made;
        shell = opened;
        stage = Stage.OPEN;
        Thread.ofVirtual().name("terminal " + id + " input").start(() -> feed(opened));
        scrollback.wake();
        return true;
    }

    private void pass(InputStream output) throws IOException, InterruptedException {
        var buffer = new byte[16 * 1024];
        for (int read = output.read(buffer); read >= 0; read = output.read(buffer)) {
            if (!scrollback.write(buffer, read)) {
                return;
            }
        }
    }

    /**
     * What is typed goes in by a thread of its own: while the far side takes nothing, who types can still be heard. Nothing
     * happens before the shell is there, or after it has ended; what cannot be passed on ends it, since typing with a hole
     * in it does harm.
     */
    void type(byte[] bytes) {
        if (shell() == null || bytes.length == 0) {
            return;
        }
        if (waiting.addAndGet(bytes.length) > WAITING_MAX) {
            end("More was typed than the other side takes (terminal_input_waiting: " + WAITING_MAX + " bytes).");
            return;
        }
        typed.add(bytes);
    }

    private void feed(BrowserConnection.Shell open) {
        try {
            while (isOpen()) {
                byte[] bytes = typed.poll(1, TimeUnit.SECONDS);
                if (bytes != null) {
                    open.input().write(bytes);
                    open.input().flush();
                    waiting.addAndGet(-bytes.length);
                }
            }
        } catch (InterruptedException | IOException e) {
            LOG.log(Level.FINER, "a terminal takes nothing any more", e);
            end("The other side takes nothing any more.");
        }
    }

    void resize(int columns, int rows) {
        BrowserConnection.Shell open = shell();
        if (open == null || !isNewSize(columns, rows)) {
            return;
        }
        try {
            open.resize(columns, rows);
        } catch (IOException e) {
            LOG.log(Level.FINER, "a terminal takes no size any more", e);
        }
    }

    private synchronized boolean isNewSize(int columns, int rows) {
        boolean other = columns != shownColumns || rows != shownRows;
        shownColumns = columns;
        shownRows = rows;
        return other;
    }

    void seen(long place) {
        scrollback.seen(place);
    }

    private synchronized BrowserConnection.@Nullable Shell shell() {
        return stage == Stage.OPEN ? shell : null;
    }

    /**
     * For files beside the shell.
     *
     * @throws Refusal {@code terminal.not-open}
     */
    public synchronized BrowserConnection connection() {
        BrowserConnection open = connection;
        if (stage != Stage.OPEN || open == null) {
            throw TerminalRefusal.NOT_OPEN.because(
                    stage == Stage.ENDED ? "this terminal has ended" : "this terminal is not connected yet");
        }
        return open;
    }

    /** Ends it, for a reason that is shown; it has happened once. */
    void end(String why) {
        BrowserConnection open;
        synchronized (this) {
            if (stage == Stage.ENDED) {
                return;
            }
            stage = Stage.ENDED;
            ending = why;
            open = connection;
            connection = null;
            shell = null;
            if (view == null) {
                unseenSince = System.nanoTime();
            }
        }
        typed.clear();
        scrollback.close();
        if (open != null) {
            open.close();
        }
    }
}
