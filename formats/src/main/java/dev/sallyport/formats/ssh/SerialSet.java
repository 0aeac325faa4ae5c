package dev.sallyport.formats.ssh;

import java.util.Arrays;

/**
 * Serials, which are unsigned, as sorted runs that neither touch nor overlap; one more than the last of a run is free.
 */
final class SerialSet {
    static final SerialSet EMPTY = new SerialSet(new long[0], new long[0]);

    private final long[] first;
    private final long[] last;

    private SerialSet(long[] first, long[] last) {
        this.first = first;
        this.last = last;
    }

    /** Runs in any order, each a pair of first and last; overlaps are merged. */
    static SerialSet of(Runs runs) {
        if (runs.isSorted()) {
            return merged(runs.first, runs.last, runs.count);
        }
        var order = new Integer[runs.count];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Long.compareUnsigned(runs.first[a], runs.first[b]));
        var first = new long[order.length];
        var last = new long[order.length];
        for (int i = 0; i < order.length; i++) {
            first[i] = runs.first[order[i]];
            last[i] = runs.last[order[i]];
        }
        return merged(first, last, order.length);
    }

    private static SerialSet merged(long[] first, long[] last, int count) {
        var firsts = new long[count];
        var lasts = new long[count];
        int made = 0;
        for (int i = 0; i < count; i++) {
            boolean touches =
                    made > 0 && (lasts[made - 1] == -1L || Long.compareUnsigned(first[i], lasts[made - 1] + 1) <= 0);
            if (!touches) {
                firsts[made] = first[i];
                lasts[made++] = last[i];
            } else if (Long.compareUnsigned(last[i], lasts[made - 1]) > 0) {
                lasts[made - 1] = last[i];
            }
        }
        return new SerialSet(Arrays.copyOf(firsts, made), Arrays.copyOf(lasts, made));
    }

    boolean contains(long serial) {
        int low = 0;
        int high = first.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(serial, first[middle]) < 0) {
                high = middle - 1;
            } else if (Long.compareUnsigned(serial, last[middle]) > 0) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    int runs() {
        return first.length;
    }

    long first(int run) {
        return first[run];
    }

    long last(int run) {
        return last[run];
    }

    /** Collects runs before they are sorted. */
    static final class Runs {
        private long[] first = new long[16];
        private long[] last = new long[16];
        private int count;

        void add(long from, long to) {
            if (count == first.length) {
                first = Arrays.copyOf(first, count * 2);
                last = Arrays.copyOf(last, count * 2);
            }
            first[count] = from;
            last[count++] = to;
        }

        int count() {
            return count;
        }

        private boolean isSorted() {
            for (int i = 1; i < count; i++) {
                if (Long.compareUnsigned(first[i - 1], first[i]) > 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
