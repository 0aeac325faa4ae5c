package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Text;
import dev.sallyport.spi.gateway.Report;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads SFTP version 3 (draft-ietf-secsh-filexfer-02, with OpenSSH's extensions) in both directions and tells which files
 * were read, written, renamed or removed. What was refused by the target is not told.
 */
final class SftpWatch implements ChannelWatch {
    private static final int OPEN = 3;
    private static final int CLOSE = 4;
    private static final int READ = 5;
    private static final int WRITE = 6;
    private static final int SETSTAT = 9;
    private static final int REMOVE = 13;
    private static final int MKDIR = 14;
    private static final int RMDIR = 15;
    private static final int RENAME = 18;
    private static final int SYMLINK = 20;
    private static final int STATUS = 101;
    private static final int HANDLE = 102;
    private static final int DATA = 103;
    private static final int EXTENDED = 200;

    /** The most requests without an answer, and the most open files, that are followed. */
    private static final int MAX = 4096;

    private final int channel;
    private final Consumer<Report.What> reports;
    private final SftpFrames requests = new SftpFrames();
    private final SftpFrames answers = new SftpFrames();
    private final Map<Integer, Asked> asked = new HashMap<>();
    private final Map<String, OpenFile> files = new HashMap<>();
    private boolean lost;

    /** What waits for an answer. */
    private sealed interface Asked {
        record Opened(String path, boolean write) implements Asked {}

        record ReadAt(String handle, long offset) implements Asked {}

        record Closed(String handle) implements Asked {}

        record Changed(String operation, String path) implements Asked {}
    }

    private static final class OpenFile {
        final String path;
        final boolean write;
        final FileDigest digest = new FileDigest();
        boolean toTheEnd;

        OpenFile(String path, boolean write) {
            this.path = path;
            this.write = write;
        }
    }

    SftpWatch(int channel, Consumer<Report.What> reports) {
        this.channel = channel;
        this.reports = reports;
    }

    @Override
    public synchronized void fromClient(byte[] bytes, int offset, int length) {
        follow(requests, bytes, offset, length, this::request);
    }

    @Override
    public synchronized void fromTarget(byte[] bytes, int offset, int length) {
        follow(answers, bytes, offset, length, this::answer);
    }

    @Override
    public synchronized void end() {
        files.values().forEach(this::touched);
        files.clear();
    }

    private void follow(SftpFrames frames, byte[] bytes, int offset, int length, Consumer<ByteBuffer> reader) {
        if (lost) {
            return;
        }
        if (!frames.add(bytes, offset, length, reader) || asked.size() > MAX || files.size() > MAX) {
            lost = true;
            asked.clear();
            end();
            reports.accept(new Report.OpaqueOpened(channel, "sftp", "not understood from here on"));
        }
    }

    private void request(ByteBuffer in) {
        int type = in.get();
        if (type == 1) {
            return; // the version
        }
        int id = in.getInt();
        switch (type & 0xff) {
            case OPEN -> {
                String path = path(in);
                asked.put(id, new Asked.Opened(path, (in.getInt() & 0x1e) != 0));
            }
            case CLOSE -> asked.put(id, new Asked.Closed(handle(in)));
            case READ -> asked.put(id, new Asked.ReadAt(handle(in), in.getLong()));
            case WRITE -> write(in);
            case SETSTAT -> asked.put(id, new Asked.Changed("setstat", path(in)));
            case REMOVE -> asked.put(id, new Asked.Changed("remove", path(in)));
            case MKDIR -> asked.put(id, new Asked.Changed("mkdir", path(in)));
            case RMDIR -> asked.put(id, new Asked.Changed("rmdir", path(in)));
            case RENAME -> asked.put(id, new Asked.Changed("rename", path(in) + " -> " + path(in)));
            case SYMLINK -> asked.put(id, new Asked.Changed("symlink", path(in) + " -> " + path(in)));
            case EXTENDED -> extended(id, in);
            default -> {} // looks, and changes nothing
        }
    }

    private void extended(int id, ByteBuffer in) {
        switch (path(in)) {
            case "posix-rename@openssh.com" -> asked.put(id, new Asked.Changed("rename", path(in) + " -> " + path(in)));
            case "hardlink@openssh.com" -> asked.put(id, new Asked.Changed("link", path(in) + " -> " + path(in)));
            case "lsetstat@openssh.com" -> asked.put(id, new Asked.Changed("setstat", path(in)));
            case "copy-data" -> {
                OpenFile from = files.get(handle(in));
                in.getLong();
                in.getLong();
                OpenFile to = files.get(handle(in));
                if (from != null && to != null) {
                    to.digest.broken();
                    asked.put(id, new Asked.Changed("copy", from.path + " -> " + to.path));
                }
            }
            default -> {}
        }
    }

    private void write(ByteBuffer in) {
        OpenFile file = files.get(handle(in));
        long offset = in.getLong();
        int length = in.getInt();
        if (file != null && length >= 0 && length <= in.remaining()) {
            file.digest.add(offset, in.array(), in.arrayOffset() + in.position(), length);
        }
    }

    private void answer(ByteBuffer in) {
        int type = in.get();
        if (type == 2) {
            return; // the version
        }
        Asked what = asked.remove(in.getInt());
        if (what == null) {
            return;
        }
        switch (type & 0xff) {
            case HANDLE -> {
                if (what instanceof Asked.Opened(String path, boolean write)) {
                    files.put(handle(in), new OpenFile(path, write));
                }
            }
            case DATA -> {
                if (what instanceof Asked.ReadAt(String handle, long offset)) {
                    read(files.get(handle), offset, in);
                }
            }
            case STATUS -> status(what, in.getInt());
            default -> {}
        }
    }

    private static void read(@Nullable OpenFile file, long offset, ByteBuffer in) {
        int length = in.getInt();
        if (file != null && length >= 0 && length <= in.remaining()) {
            file.digest.add(offset, in.array(), in.arrayOffset() + in.position(), length);
        }
    }

    private void status(Asked what, int code) {
        switch (what) {
            case Asked.Closed(String handle) -> {
                OpenFile file = files.remove(handle);
                if (file != null) {
                    touched(file);
                }
            }
            case Asked.Changed(String operation, String path) -> {
                if (code == 0) {
                    reports.accept(new Report.FileTouched(channel, operation, Text.printable(path), 0, null));
                }
            }
            case Asked.ReadAt(String handle, long offset) -> {
                OpenFile file = files.get(handle);
                if (file != null && code == 1 && offset == file.digest.bytes()) {
                    file.toTheEnd = true;
                }
            }
            case Asked.Opened _ -> {} // refused
        }
    }

    /** A file that was read counts as whole when the target said that nothing follows, one that was written when it began at 0. */
    private void touched(OpenFile file) {
        if (!file.write && !file.toTheEnd) {
            file.digest.broken();
        }
        reports.accept(new Report.FileTouched(
                channel,
                file.write ? "write" : "read",
                Text.printable(file.path),
                file.digest.bytes(),
                file.digest.hash()));
    }

    private static String path(ByteBuffer in) {
        return new String(string(in), StandardCharsets.UTF_8);
    }

    private static String handle(ByteBuffer in) {
        return new String(string(in), StandardCharsets.ISO_8859_1);
    }

    private static byte[] string(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new SftpFrames.Malformed();
        }
        byte[] value = new byte[length];
        in.get(value);
        return value;
    }
}
