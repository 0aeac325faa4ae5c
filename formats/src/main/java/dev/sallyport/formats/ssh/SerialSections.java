package dev.sallyport.formats.ssh;

import java.math.BigInteger;

/**
 * Writes serials into the smallest mix of OpenSSH's three forms: a list (8 bytes a serial), a range (21 bytes) and a
 * bitmap (a bit a serial, and a header). A bitmap is grown while the next run costs less in it than outside.
 */
final class SerialSections {
    static final int LIST = 0x20;
    static final int RANGE = 0x21;
    static final int BITMAP = 0x22;

    /** OpenSSH reads numbers of at most 2048 bytes. */
    static final int BITMAP_BITS = 16 * 1024 - 8;

    private static final int RANGE_COST = 1 + 4 + 16;
    private static final int BITMAP_COST = 1 + 4 + 8 + 4 + 1;

    private final SerialSet serials;
    private final SshWriter out;
    private final SshWriter list = new SshWriter(256);

    private SerialSections(SerialSet serials, SshWriter out) {
        this.serials = serials;
        this.out = out;
    }

    static void write(SerialSet serials, SshWriter out) {
        new SerialSections(serials, out).write();
    }

    private void write() {
        int run = 0;
        while (run < serials.runs()) {
            int end = bitmapEnd(run);
            if (end > run) {
                bitmap(run, end);
                run = end;
            } else {
                listOrRange(run++);
            }
        }
        if (list.length() > 0) {
            out.octet(LIST).string(list.toBytes());
        }
    }

    /** The end of the runs that are best written as one bitmap starting here, or {@code run} if none is. */
    private int bitmapEnd(int run) {
        long start = serials.first(run);
        long apart = 0;
        int end = run;
        while (end < serials.runs()) {
            long before = end == run ? start - 1 : serials.last(end - 1);
            long bits = serials.last(end) - start;
            long added = serials.last(end) - before;
            if (Long.compareUnsigned(bits, BITMAP_BITS) >= 0 || added > 8 * cost(end)) {
                break;
            }
            apart += cost(end++);
        }
        return end > run && BITMAP_COST + (serials.last(end - 1) - start + 8) / 8 < apart ? end : run;
    }

    private long cost(int run) {
        long more = serials.last(run) - serials.first(run);
        return Long.compareUnsigned(more, 2) < 0 ? 8 * (more + 1) : RANGE_COST;
    }

    private void bitmap(int run, int end) {
        long start = serials.first(run);
        int bits = (int) (serials.last(end - 1) - start) + 1;
        byte[] bitmap = new byte[(bits + 7) / 8];
        for (int i = run; i < end; i++) {
            for (int bit = (int) (serials.first(i) - start); bit <= (int) (serials.last(i) - start); bit++) {
                bitmap[bitmap.length - 1 - bit / 8] |= (byte) (1 << bit % 8);
            }
        }
        out.octet(BITMAP);
        int opened = out.open();
        out.uint64(start).mpint(new BigInteger(1, bitmap)).close(opened);
    }

    private void listOrRange(int run) {
        if (cost(run) == RANGE_COST) {
            out.octet(RANGE).uint32(16).uint64(serials.first(run)).uint64(serials.last(run));
            return;
        }
        list.uint64(serials.first(run));
        if (serials.last(run) != serials.first(run)) {
            list.uint64(serials.last(run));
        }
    }
}
