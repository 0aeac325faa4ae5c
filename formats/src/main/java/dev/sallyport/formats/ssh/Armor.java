package dev.sallyport.formats.ssh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sallyport.base.Refusal;
import java.util.Base64;

/** Base 64 between a BEGIN and an END line. */
record Armor(String label, int width) {
    private static final int MAX = 64 * 1024;
    private static final byte[] NEWLINE = {'\n'};

    String wrap(byte[] content) {
        return begin() + '\n' + Base64.getMimeEncoder(width, NEWLINE).encodeToString(content) + '\n' + end() + '\n';
    }

    byte[] unwrap(String text, Refusal.Code code) {
        if (text.length() > MAX) {
            throw code.because(label + ": " + text.length() + " characters (expected: at most " + MAX + ")");
        }
        String body = text.strip();
        if (!body.startsWith(begin()) || !body.endsWith(end()) || body.length() < begin().length() + end().length()) {
            throw code.because(label + ": not between its BEGIN and END lines");
        }
        String base64 = body.substring(begin().length(), body.length() - end().length())
                .replace("\r", "")
                .replace("\n", "");
        if (!US_ASCII.newEncoder().canEncode(base64)) {
            throw code.because(label + ": not base 64");
        }
        try {
            return Base64.getDecoder().decode(base64.getBytes(ISO_8859_1));
        } catch (IllegalArgumentException _) {
            throw code.because(label + ": not base 64");
        }
    }

    private String begin() {
        return "-----BEGIN " + label + "-----";
    }

    private String end() {
        return "-----END " + label + "-----";
    }
}
