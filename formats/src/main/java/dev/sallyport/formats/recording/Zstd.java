package dev.sallyport.formats.recording;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;

/** Zstandard frames (RFC 8878) without magic number, with what came before as a dictionary of raw content. */
final class Zstd {
    private Zstd() {}

    static byte[] compress(byte[] plain, byte[] history, int level) {
        try (var context = new ZstdCompressCtx()) {
            context.setLevel(level);
            context.setMagicless(true).setChecksum(false).setDictID(false).setContentSize(true);
            if (history.length > 0) {
                context.loadDict(dictionary(history));
            }
            return context.compress(plain);
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
    static byte[] history(byte[] before, byte[] plain, int size) {
        if (plain.length >= size) {
            return Arrays.copyOfRange(plain, plain.length - size, plain.length);
        }
        int kept = Math.min(before.length, size - plain.length);
        byte[] history =
                Arrays.copyOf(Arrays.copyOfRange(before, before.length - kept, before.length), kept + plain.length);
        System.arraycopy(plain, 0, history, kept, plain.length);
        return history;
    }
}
