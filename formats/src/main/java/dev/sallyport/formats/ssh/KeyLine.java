package dev.sallyport.formats.ssh;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.util.Base64;

/** The three parts of a line that holds a key or a certificate: algorithm, base 64, comment. */
@SuppressWarnings("ArrayRecordComponent") // carries the bytes for a moment and is never compared
record KeyLine(String algorithm, byte[] blob, String comment) {
    static KeyLine parse(String line, int max, Refusal.Code code) {
        if (line.length() > max) {
            throw code.because("line: " + line.length() + " characters (expected: at most " + max + ")");
        }
        String[] parts = line.strip().split("[ \t]+", 3);
        if (parts.length < 2) {
            throw code.because("line: " + Text.quoted(line) + " (expected: a type, its base 64 and a comment)");
        }
        byte[] blob;
        try {
            blob = Base64.getDecoder().decode(parts[1]);
        } catch (IllegalArgumentException _) {
            throw code.because("line: the second word is not base 64 (expected: a type, its base 64 and a comment)");
        }
        return new KeyLine(parts[0], blob, comment(parts.length == 3 ? parts[2] : "", code));
    }

    static String comment(String comment, Refusal.Code code) {
        String text = comment.strip();
        if (text.length() > SshPublicKey.COMMENT_MAX) {
            throw code.because(
                    "comment: " + text.length() + " characters (expected: at most " + SshPublicKey.COMMENT_MAX + ")");
        }
        if (text.codePoints().anyMatch(Text::isUnprintable)) {
            throw code.because("comment: " + Text.quoted(text) + " (expected: one line of plain text)");
        }
        return text;
    }
}
