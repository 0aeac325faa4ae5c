package dev.sallyport.server.notification;

import dev.sallyport.notification.Undelivered;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import javax.net.ssl.SSLException;

/**
 * Posts one body over HTTP/1.1, and looks at no more of the answer than it has to. The JDK's client would look the name up by
 * itself, and so could be led to another address than the one that was judged.
 */
final class Posting {
    static final Duration CONNECT = Duration.ofSeconds(5);

    /** For all of it, from connecting to the last line that is read. */
    static final Duration TIME = Duration.ofSeconds(20);

    /** The most bytes of an answer that are read before its body. */
    static final int ANSWER_MAX = 16 * 1024;

    private final Destinations destinations;
    private final Deadlines deadlines;
    private final Duration time;

    Posting(Destinations destinations, Deadlines deadlines, Duration time) {
        this.destinations = destinations;
        this.deadlines = deadlines;
        this.time = time;
    }

    /** @throws Undelivered unless the answer is a 2xx */
    void post(URI address, Optional<String> ca, byte[] body, Map<String, String> headers) throws Undelivered {
        exchange(address, ca, time, body, headers, in -> {
            judge(address, HttpAnswer.status(in, ANSWER_MAX).status());
            return true;
        });
    }

    /**
     * The same, and brings the answer.
     *
     * @param limit for all of it
     * @param most bytes that its body may have
     * @throws Undelivered unless it is a 2xx, whole and no longer
     */
    HttpAnswer ask(URI address, Optional<String> ca, Duration limit, byte[] body, Map<String, String> headers, int most)
            throws Undelivered {
        return exchange(address, ca, limit, body, headers, in -> {
            HttpAnswer.Status status = HttpAnswer.status(in, ANSWER_MAX);
            judge(address, status.status());
            return HttpAnswer.read(in, status, most, address.getHost());
        });
    }

    /** What is made of the other side's answer. */
    @FunctionalInterface
    private interface Reading<T> {
        T read(InputStream in) throws IOException, Undelivered;
    }

    private <T> T exchange(
            URI address,
            Optional<String> ca,
            Duration limit,
            byte[] body,
            Map<String, String> headers,
            Reading<T> reading)
            throws Undelivered {
        boolean tls = "https".equals(address.getScheme());
        int port = address.getPort() > 0 ? address.getPort() : tls ? 443 : 80;
        InetAddress to = destinations.resolve(address.getHost());
        try (var socket = new Socket()) {
            Future<?> deadline = deadlines.close(socket, limit);
            try {
                socket.connect(new InetSocketAddress(to, port), Math.toIntExact(CONNECT.toMillis()));
                socket.setSoTimeout(Math.toIntExact(limit.toMillis()));
                Socket connection = tls ? Trust.over(Trust.factory(ca), socket, address.getHost(), port) : socket;
                write(connection.getOutputStream(), address, body, headers);
                return reading.read(new BufferedInputStream(connection.getInputStream(), 1024));
            } finally {
                deadline.cancel(false);
            }
        } catch (SSLException e) {
            throw Undelivered.now("TLS with " + address.getHost() + " failed: its certificate is not trusted for this"
                    + " name, or it speaks no TLS 1.2");
        } catch (SocketTimeoutException _) {
            throw Undelivered.now(address.getHost() + " gave no answer within " + limit.toSeconds() + " s");
        } catch (IOException e) {
            throw Undelivered.now("the connection to " + address.getHost() + " failed, or there was no answer within "
                    + limit.toSeconds() + " s");
        }
    }

    private static void judge(URI address, int status) throws Undelivered {
        if (status >= 200 && status < 300) {
            return;
        }
        String said = address.getHost() + " answered with " + status;
        if (status >= 300 && status < 400) {
            throw Undelivered.forGood(said + ": redirects are not followed");
        }
        if (status >= 400 && status < 500 && status != 408 && status != 425 && status != 429) {
            throw Undelivered.forGood(said);
        }
        throw Undelivered.now(said);
    }

    private static void write(OutputStream out, URI address, byte[] body, Map<String, String> headers)
            throws IOException {
        String path = address.getRawPath() == null || address.getRawPath().isEmpty() ? "/" : address.getRawPath();
        var head = new StringBuilder("POST " + path
                + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery()) + " HTTP/1.1\r\n"
                + "Host: " + address.getRawAuthority() + "\r\n"
                + "User-Agent: Sallyport\r\n"
                + "Content-Type: application/json\r\n"
                + "Content-Length: " + body.length + "\r\n"
                + "Connection: close\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
    }
}
