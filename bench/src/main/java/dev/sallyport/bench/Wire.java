package dev.sallyport.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** One kept connection that speaks just enough HTTP/1.1, so that the generator takes little of the machine. */
final class Wire implements AutoCloseable {
    private final URI url;
    private final SSLContext tls;
    private @Nullable Socket socket;
    private InputStream in = InputStream.nullInputStream();

    Wire(URI url, SSLContext tls) {
        this.url = url;
        this.tls = tls;
    }

    /** An answer. */
    record Reply(int status, List<Map.Entry<String, String>> headers, String body) {
        Optional<String> header(String name) {
            return headers.stream()
                    .filter(header -> header.getKey().equals(name.toLowerCase(Locale.ROOT)))
                    .map(Map.Entry::getValue)
                    .findFirst();
        }

        Reply expect(int wanted) {
            if (status != wanted) {
                throw new IllegalStateException("status " + status + " (expected: " + wanted + "): " + body);
            }
            return this;
        }
    }

    Reply send(String method, String path, Map<String, String> headers, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        var head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (!method.equals("GET")) {
            head.append("Content-Length: ").append(bytes.length).append("\r\n");
        }
        var message = new ByteArrayOutputStream();
        message.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        message.writeBytes(bytes);
        Socket open = socket == null ? connect() : socket;
        open.getOutputStream().write(message.toByteArray());
        open.getOutputStream().flush();
        Reply reply = read();
        if (reply.header("connection").filter("close"::equalsIgnoreCase).isPresent()) {
            close();
        }
        return reply;
    }

    private Socket connect() throws IOException {
        Socket made = tls.getSocketFactory().createSocket(url.getHost(), url.getPort());
        made.setTcpNoDelay(true);
        in = new BufferedInputStream(made.getInputStream());
        socket = made;
        return made;
    }

    private Reply read() throws IOException {
        int status = Integer.parseInt(line().substring(9, 12));
        var headers = new ArrayList<Map.Entry<String, String>>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.add(Map.entry(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip()));
        }
        var head = new Reply(status, headers, "");
        var body = new ByteArrayOutputStream();
        if (head.header("transfer-encoding").isPresent()) {
            for (int size = size(); size > 0; size = size()) {
                body.writeBytes(exactly(size));
                line();
            }
            line();
        } else {
            body.writeBytes(
                    exactly(head.header("content-length").map(Integer::parseInt).orElse(0)));
        }
        return new Reply(status, headers, body.toString(StandardCharsets.UTF_8));
    }

    private int size() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private byte[] exactly(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the server closed the connection");
        }
        return bytes;
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
