package dev.sallyport.server.notification;

import dev.sallyport.base.Bytes;
import dev.sallyport.notification.Undelivered;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer over HTTP/1.1, of which never more is read than its reader allows, whatever it says of its own length.
 *
 * @param headers by their names in lower case; of those that come twice, the first
 */
record HttpAnswer(Map<String, String> headers, Bytes body) {
    HttpAnswer {
        headers = Map.copyOf(headers);
    }

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: .*)?", Pattern.DOTALL);
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");
    private static final Pattern CHUNK = Pattern.compile("([0-9a-fA-F]{1,8})\\s*(?:;.*)?", Pattern.DOTALL);

    /** The longest line between the chunks of a body. */
    private static final int CHUNK_LINE_MAX = 1_024;

    /** @param left how many bytes of the answer's head may still come */
    record Status(int status, int left) {}

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** The status, interim ones (1xx) passed over; what follows is unread. */
    static Status status(InputStream in, int most) throws IOException {
        int left = most;
        while (true) {
            String line = line(in, left);
            left -= line.length();
            Matcher matcher = STATUS.matcher(line);
            if (!matcher.matches()) {
                throw new IOException("no HTTP/1.1 answer");
            }
            int status = Integer.parseInt(matcher.group(1));
            if (status >= 200) {
                return new Status(status, left);
            }
            String header;
            do {
                header = line(in, left);
                left -= header.length() + 2;
            } while (!header.isEmpty());
        }
    }

    /**
     * The rest of it.
     *
     * @param most bytes of the body
     * @param host whose answer it is, for messages
     */
    static HttpAnswer read(InputStream in, Status status, int most, String host) throws IOException, Undelivered {
        var headers = new HashMap<String, String>();
        int left = status.left();
        String line = line(in, left);
        while (!line.isEmpty()) {
            left -= line.length() + 2;
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.putIfAbsent(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            line = line(in, left);
        }
        return new HttpAnswer(headers, Bytes.of(body(in, headers, most, host)));
    }

    private static byte[] body(InputStream in, Map<String, String> headers, int most, String host)
            throws IOException, Undelivered {
        String encoding = headers.getOrDefault("transfer-encoding", "").toLowerCase(Locale.ROOT);
        String length = headers.getOrDefault("content-length", "");
        if (encoding.equals("chunked") && length.isEmpty()) {
            return chunks(in, most, host);
        }
        if (!encoding.isEmpty() || !length.isEmpty() && !LENGTH.matcher(length).matches()) {
            throw Undelivered.now(host + " answered in a form that is not read");
        }
        if (!length.isEmpty()) {
            long announced = Long.parseLong(length);
            if (announced > most) {
                throw tooLong(host, most);
            }
            return exactly(in, (int) announced);
        }
        byte[] body = in.readNBytes(most + 1);
        if (body.length > most) {
            throw tooLong(host, most);
        }
        return body;
    }

    private static byte[] chunks(InputStream in, int most, String host) throws IOException, Undelivered {
        var body = new ByteArrayOutputStream();
        while (true) {
            Matcher matcher = CHUNK.matcher(line(in, CHUNK_LINE_MAX));
            if (!matcher.matches()) {
                throw new IOException("a chunk without a length");
            }
            long length = Long.parseLong(matcher.group(1), 16);
            if (length == 0) {
                return body.toByteArray(); // trailers stay unread
            }
            if (length > most - body.size()) {
                throw tooLong(host, most);
            }
            body.write(exactly(in, (int) length));
            if (!line(in, CHUNK_LINE_MAX).isEmpty()) {
                throw new IOException("a chunk that does not end");
            }
        }
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("the answer ends early");
        }
        return bytes;
    }

    private static Undelivered tooLong(String host, int most) {
        return Undelivered.now("the answer of " + host + " is longer than " + most + " bytes");
    }

    private static String line(InputStream in, int most) throws IOException {
        var line = new ByteArrayOutputStream();
        int next = in.read();
        while (next != '\n') {
            if (next < 0 || line.size() >= most) {
                throw new IOException(next < 0 ? "the answer ends early" : "the answer is too long");
            }
            if (next != '\r') {
                line.write(next);
            }
            next = in.read();
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
