package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Text;
import dev.sallyport.spi.gateway.Report;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the old scp protocol: headers such as {@code C0644 12 name}, each followed by the file and a zero byte. */
final class ScpWatch implements ChannelWatch {
    private static final int LINE_MAX = 8 * 1024;
    private static final int DEPTH_MAX = 256;

    private final int channel;
    private final boolean upload;
    private final Consumer<Report.What> reports;
    private final ArrayDeque<String> folders = new ArrayDeque<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private @Nullable FileDigest file;
    private String name = "";
    private long left;
    private boolean lost;

    /** @param upload whether the client is the one that sends */
    ScpWatch(int channel, boolean upload, Consumer<Report.What> reports) {
        this.channel = channel;
        this.upload = upload;
        this.reports = reports;
    }

    @Override
    public synchronized void fromClient(byte[] bytes, int offset, int length) {
        if (upload) {
            read(bytes, offset, length);
        }
    }

    @Override
    public synchronized void fromTarget(byte[] bytes, int offset, int length) {
        if (!upload) {
            read(bytes, offset, length);
        }
    }

    @Override
    public synchronized void end() {
        FileDigest open = file;
        if (open != null) {
            open.broken();
            touched(open);
        }
    }

    private void read(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end && !lost) {
            FileDigest open = file;
            if (open != null) {
                int take = (int) Math.min(left, end - at);
                open.add(bytes, at, take);
                at += take;
                left -= take;
                if (left == 0) {
                    touched(open);
                }
                continue;
            }
            byte next = bytes[at++];
            if (line.size() == 0 && next == 0) {
                continue; // the end of a file, or an answer
            }
            if (next == '\n') {
                header(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else if (line.size() < LINE_MAX) {
                line.write(next);
            } else {
                lose();
            }
        }
    }

    private void header(String text) {
        if (text.isEmpty()) {
            lose();
            return;
        }
        switch (text.charAt(0)) {
            case 'C' -> begin(text);
            case 'D' -> {
                String[] parts = text.split(" ", 3);
                if (parts.length < 3 || folders.size() >= DEPTH_MAX) {
                    lose();
                } else {
                    folders.addLast(parts[2]);
                }
            }
            case 'E' -> folders.pollLast();
            case 'T', 1, 2 -> {}
            default -> lose();
        }
    }

    private void begin(String text) {
        String[] parts = text.split(" ", 3);
        long size = -1;
        if (parts.length == 3 && parts[1].matches("[0-9]{1,18}")) {
            size = Long.parseLong(parts[1]);
        }
        if (size < 0) {
            lose();
            return;
        }
        var open = new FileDigest();
        name = folders.isEmpty() ? parts[2] : String.join("/", folders) + "/" + parts[2];
        left = size;
        file = open;
        if (size == 0) {
            touched(open);
        }
    }

    private void touched(FileDigest done) {
        file = null;
        reports.accept(new Report.FileTouched(
                channel, upload ? "write" : "read", Text.printable(name), done.bytes(), done.hash()));
    }

    private void lose() {
        lost = true;
        reports.accept(new Report.OpaqueOpened(channel, "scp", "not understood from here on"));
    }
}
