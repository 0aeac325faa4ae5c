package dev.sallyport.formats.document;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** A file of documents as somebody sent it: YAML with any number of documents, or JSON. */
public record SourceFile(String name, String text) {
    /** The largest file, in bytes of UTF-8. */
    public static final int MAX = 1024 * 1024;

    /** The longest name that is shown. */
    private static final int NAME_MAX = 255;

    public SourceFile {
        Text.line("file", name, 1, NAME_MAX);
    }

    /**
     * Reads bytes as UTF-8.
     *
     * @throws Refusal {@code catalog.invalid} saying which byte is not, {@code catalog.too-large}
     */
    public static SourceFile utf8(String name, byte[] bytes) {
        if (bytes.length > MAX) {
            throw tooLarge(name, bytes.length);
        }
        var in = ByteBuffer.wrap(bytes);
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        var out = CharBuffer.allocate(bytes.length);
        var result = decoder.decode(in, out, true);
        try {
            if (result.isError()) {
                result.throwException();
            }
        } catch (CharacterCodingException _) {
            throw DocumentRefusal.INVALID.because(
                    Text.printable(name) + ": byte " + (in.position() + 1) + " is not UTF-8 (expected: text in UTF-8)");
        }
        return new SourceFile(name, out.flip().toString());
    }

    /** Bytes of UTF-8; refuses what is larger than {@value #MAX}. */
    public int size() {
        int size = text.length() > MAX ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
        if (size > MAX) {
            throw tooLarge(name, size);
        }
        return size;
    }

    private static Refusal tooLarge(String name, int size) {
        return DocumentRefusal.TOO_LARGE.because(
                Text.printable(name) + ": " + size + " bytes (expected: at most " + MAX + " in one file)",
                "divide it into several files");
    }
}
