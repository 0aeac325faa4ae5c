package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.sshd.client.channel.ChannelShell;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.PtyChannelConfiguration;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/** A session through a gateway: one shell in a terminal, and files beside it (SFTP, draft-ietf-secsh-filexfer-02). */
public final class BrowserConnection implements AutoCloseable {
    /** Entries of one folder that are listed. */
    public static final int ENTRIES_MAX = 2_000;

    /** Characters of all names of a folder that are listed. */
    static final int NAMES_MAX = 256 * 1024;

    /** Files and folders that are looked at or moved at once. */
    static final int FILES_AT_ONCE = 4;

    /** Output that is on its way before somebody takes it, in bytes; what is typed to stop it should be felt soon. */
    private static final long SHELL_WINDOW = 128 * 1024;

    private static final Duration OPEN_LIMIT = Duration.ofSeconds(20);
    private static final Duration STATUS_LIMIT = Duration.ofSeconds(2);

    private final ClientSession session;
    private final Supplier<String> farewell;
    private final Semaphore files = new Semaphore(FILES_AT_ONCE);

    BrowserConnection(ClientSession session, Supplier<String> farewell) {
        this.session = session;
        this.farewell = farewell;
    }

    /** What the gateway said when it ended the session; empty if it did not. */
    public String farewell() {
        return Text.printable(farewell.get().replaceFirst("^sallyport: ", "").strip());
    }

    /** A shell with a terminal of this size. */
    public Shell shell(int columns, int rows) {
        var pty = new PtyChannelConfiguration();
        pty.setPtyType("xterm-256color");
        pty.setPtyColumns(columns);
        pty.setPtyLines(rows);
        try {
            CoreModuleProperties.WINDOW_SIZE.set(session, SHELL_WINDOW);
            ChannelShell channel = session.createShellChannel(pty, java.util.Map.of());
            CoreModuleProperties.WINDOW_SIZE.remove(session);
            channel.setRedirectErrorStream(true);
            channel.open().verify(OPEN_LIMIT);
            return new Shell(channel);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** A shell, its bytes in both directions. */
    public static final class Shell {
        private final ChannelShell channel;

        private Shell(ChannelShell channel) {
            this.channel = channel;
        }

        /** What it writes; ends when the shell does, or the session. */
        public InputStream output() {
            return channel.getInvertedOut();
        }

        /** What is typed; waits while the far side takes nothing. */
        public OutputStream input() {
            return channel.getInvertedIn();
        }

        public void resize(int columns, int rows) throws IOException {
            channel.sendWindowChange(columns, rows);
        }

        /** With which status it ended; nothing if it was cut. */
        public OptionalInt status() {
            var _ = channel.waitFor(
                    EnumSet.of(ClientChannelEvent.CLOSED, ClientChannelEvent.EXIT_STATUS), STATUS_LIMIT);
            Integer status = channel.getExitStatus();
            return status == null ? OptionalInt.empty() : OptionalInt.of(status);
        }
    }

    /** Something in a folder. */
    public record Entry(
            String name,
            boolean folder,
            long bytes,
            @Nullable Instant changed) {}

    /**
     * A folder, whole but for what is beyond {@link #ENTRIES_MAX} and {@link #NAMES_MAX}.
     *
     * @param path without dots and links
     */
    public record Folder(String path, List<Entry> entries, boolean more) {
        public Folder {
            entries = List.copyOf(entries);
        }
    }

    /**
     * @param path nothing for where one comes in
     * @throws Refusal {@code terminal.*}
     */
    public Folder list(String path) {
        return with(path, client -> {
            String whole = client.canonicalPath(path.isEmpty() ? "." : path);
            var entries = new ArrayList<Entry>();
            int seen = 0;
            int names = 0;
            for (SftpClient.DirEntry entry : client.readDir(whole)) {
                names += entry.getFilename().length();
                if (++seen > ENTRIES_MAX || names > NAMES_MAX) {
                    return new Folder(whole, sorted(entries), true);
                }
                if (!entry.getFilename().equals(".") && !entry.getFilename().equals("..")) {
                    SftpClient.Attributes about = entry.getAttributes();
                    entries.add(new Entry(
                            entry.getFilename(),
                            about.isDirectory(),
                            about.getSize(),
                            about.getModifyTime() == null
                                    ? null
                                    : about.getModifyTime().toInstant()));
                }
            }
            return new Folder(whole, sorted(entries), false);
        });
    }

    private static List<Entry> sorted(List<Entry> entries) {
        return entries.stream()
                .sorted(Comparator.comparing((Entry entry) -> !entry.folder()).thenComparing(Entry::name))
                .toList();
    }

    /** How many bytes a file has; 0 where that says nothing, as of what the kernel makes up when it is read. */
    public long size(String path) {
        return with(path, client -> {
            SftpClient.Attributes about = client.stat(path);
            if (about.isDirectory()) {
                throw BrowserRefusal.FILE_REFUSED.because(Text.quoted(path) + " is a folder (expected: a file)");
            }
            return about.isRegularFile() ? about.getSize() : 0L;
        });
    }

    /** Writes a file of the target into a stream. */
    public void download(String path, OutputStream into) {
        var _ = with(path, client -> {
            try (InputStream file = client.read(path)) {
                return file.transferTo(into);
            }
        });
    }

    /**
     * Makes a file on the target; one that is there already stays as it is unless it may be replaced. A new one that does
     * not arrive whole is taken away again.
     */
    public void upload(String path, InputStream from, boolean replace) {
        var modes = replace
                ? EnumSet.of(OpenMode.Write, OpenMode.Create, OpenMode.Truncate)
                : EnumSet.of(OpenMode.Write, OpenMode.Create, OpenMode.Exclusive);
        var _ = with(path, client -> {
            boolean begun = false;
            boolean whole = false;
            try (OutputStream file = client.write(path, modes)) {
                begun = true;
                long moved = read(from, file);
                whole = true;
                return moved;
            } finally {
                if (begun && !whole && !replace) {
                    client.remove(path);
                }
            }
        });
    }

    /** Tells an end of what the browser sends from an end of what the target takes. */
    private static long read(InputStream from, OutputStream into) throws IOException {
        var buffer = new byte[32 * 1024];
        long moved = 0;
        while (true) {
            int read;
            try {
                read = from.read(buffer);
            } catch (IOException e) {
                throw BrowserRefusal.BROKEN_OFF.because("the browser did not send the whole file");
            }
            if (read < 0) {
                return moved;
            }
            into.write(buffer, 0, read);
            moved += read;
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T with(SftpClient client) throws IOException;
    }

    /** A channel of its own for each, so that a long file keeps nobody from looking around. */
    private <T> T with(String path, Work<T> work) {
        if (!files.tryAcquire()) {
            throw BrowserRefusal.FILES_BUSY.because(
                    "too many files are moved at once (terminal_files_at_once: " + FILES_AT_ONCE + ")",
                    "try again when one is done");
        }
        try (SftpClient client = open()) {
            return work.with(client);
        } catch (IOException | RuntimeException e) {
            throw file(path, e);
        } finally {
            files.release();
        }
    }

    private SftpClient open() throws IOException {
        try {
            return BoundedSftp.over(session);
        } catch (IOException e) {
            if (!session.isOpen()) {
                throw e;
            }
            throw BrowserRefusal.NO_FILES.because(
                    "files cannot be moved here: your role does not allow it, or the target has no SFTP");
        }
    }

    private static Refusal file(String path, Exception failure) {
        if (failure instanceof Refusal refusal) {
            return refusal;
        }
        String name = Text.quoted(path);
        if (failure instanceof SftpException answer) {
            return switch (answer.getStatus()) {
                case SftpConstants.SSH_FX_NO_SUCH_FILE, SftpConstants.SSH_FX_NO_SUCH_PATH ->
                    BrowserRefusal.NO_SUCH_FILE.because(name + ": there is no such file or folder");
                case SftpConstants.SSH_FX_PERMISSION_DENIED ->
                    BrowserRefusal.FILE_REFUSED.because(name + ": the target does not allow it");
                default ->
                    BrowserRefusal.FILE_REFUSED.because(
                            name + ": " + Text.printable(String.valueOf(answer.getMessage())));
            };
        }
        return lost(failure);
    }

    private static Refusal lost(Exception failure) {
        return BrowserRefusal.LOST.because(
                "the connection through the gateway has gone: " + Text.printable(String.valueOf(failure.getMessage())),
                "open the terminal again");
    }

    /** Whether the gateway still holds the session. */
    public boolean isOpen() {
        return session.isOpen();
    }

    @Override
    public void close() {
        session.close(true);
    }
}
