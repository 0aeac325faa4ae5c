package dev.sallyport.formats.recording;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Zstandard frames (RFC 8878) without magic number, with what came before as a dictionary of raw content. */
final class Zstd {
    /** Up to this level what a context needs is small, and making one costs more than using it. */
    private static final int QUICK = 3;

    private static final int SPARES_MAX = 2 * Runtime.getRuntime().availableProcessors();

    /** Contexts that are used again; never one with anybody's data in it, as a reset forgets dictionary and all. */
    private static final BlockingQueue<ZstdCompressCtx> SPARES = new ArrayBlockingQueue<>(SPARES_MAX);

    private Zstd() {}

    /** Appends the content, compressed. */
    static void compress(Packer plain, byte[] history, int level, Packer to) {
        ZstdCompressCtx spare = level <= QUICK ? SPARES.poll() : null;
        ZstdCompressCtx context = spare == null ? new ZstdCompressCtx() : spare;
        boolean kept = false;
        try {
            context.setLevel(level);
            context.setMagicless(true).setChecksum(false).setDictID(false).setContentSize(true);
            if (history.length > 0) {
                context.loadDict(dictionary(history));
            }
            int most = (int) com.github.luben.zstd.Zstd.compressBound(plain.length());
            to.fill(
                    most,
                    (into, at) ->
                            context.compressByteArray(into, at, into.length - at, plain.array(), 0, plain.length()));
            context.reset();
            kept = level <= QUICK && SPARES.offer(context);
        } finally {
            if (!kept) {
                context.close();
            }
        }
    }

    /** Gives exactly so many bytes, or refuses. */
    static byte[] decompress(Unpacker where, byte[] frame, byte[] history, int size) {
        try (var context = new ZstdDecompressCtx()) {
            context.setMagicless(true);
            if (history.length > 0) {
                context.loadDict(dictionary(history));
            }
            var plain = new byte[size];
            int found = context.decompressByteArray(plain, 0, size, frame, 0, frame.length);
            if (found != size) {
                throw where.refuse("content: " + found + " bytes (expected: " + size + ")");
            }
            return plain;
        } catch (ZstdException e) {
            throw where.refuse("content: not a zstd frame of " + size + " bytes (" + e.getMessage() + ")");
        }
    }

    /** Behind a zero, so that no content can pass for a dictionary with tables, which begins with a magic number. */
    private static byte[] dictionary(byte[] history) {
        var dictionary = new byte[history.length + 1];
        System.arraycopy(history, 0, dictionary, 1, history.length);
        return dictionary;
    }

    /** What the next chunk may refer to: the end of what came before it. */
    static byte[] history(byte[] before, byte[] plain, int length, int size) {
        if (length >= size) {
            return Arrays.copyOfRange(plain, length - size, length);
        }
        int kept = Math.min(before.length, size - length);
        byte[] history = Arrays.copyOf(Arrays.copyOfRange(before, before.length - kept, before.length), kept + length);
        System.arraycopy(plain, 0, history, kept, length);
        return history;
    }
}
