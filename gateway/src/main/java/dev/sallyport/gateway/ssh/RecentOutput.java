package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Bytes;
import java.util.Arrays;

/** The last bytes that a channel has shown: enough for a terminal to look as it does now. Takes no more room than it needs. */
final class RecentOutput {
    /** A screen in colour takes some kilobytes, and programs that draw draw all of it now and then. */
    static final int TERMINAL_MAX = 64 * 1024;

    /** What is no terminal is only read as lines. */
    static final int LINES_MAX = 8 * 1024;

    private static final int FIRST = 512;

    /** A line is not looked for any further; what has none is cut anywhere. */
    private static final int LINE_MAX = 4 * 1024;

    private byte[] ring = {};
    private int end;
    private int size;
    private boolean lost;

    /** @param most how much is kept */
    void add(byte[] bytes, int most) {
        int from = Math.max(0, bytes.length - most);
        lost |= from > 0;
        makeRoom(Math.min(most, size + bytes.length - from), most);
        int length = bytes.length - from;
        int first = Math.min(length, ring.length - end);
        System.arraycopy(bytes, from, ring, end, first);
        System.arraycopy(bytes, from + first, ring, 0, length - first);
        end = (end + length) % Math.max(1, ring.length);
        lost |= size + length > ring.length;
        size = Math.min(ring.length, size + length);
    }

    private void makeRoom(int wanted, int most) {
        if (wanted > ring.length) {
            int grown = Math.max(wanted, Math.max(FIRST, ring.length * 2));
            ring = Arrays.copyOf(kept(), Math.min(most, grown));
            end = size % ring.length;
        }
    }

    /** Where some of what was shown is lost, it begins with a line: not within a character or a sequence. */
    Bytes picture() {
        byte[] kept = kept();
        if (lost) {
            for (int i = 0; i < Math.min(kept.length, LINE_MAX); i++) {
                if (kept[i] == '\n') {
                    return Bytes.of(Arrays.copyOfRange(kept, i + 1, kept.length));
                }
            }
        }
        return Bytes.of(kept);
    }

    private byte[] kept() {
        byte[] kept = new byte[size];
        int from = Math.floorMod(end - size, Math.max(1, ring.length));
        int first = Math.min(size, ring.length - from);
        System.arraycopy(ring, from, kept, 0, first);
        System.arraycopy(ring, 0, kept, first, size - first);
        return kept;
    }
}
