package dev.sallyport.gateway.recorder;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Recordings in an S3-compatible store: requests are signed by AWS's own code (Signature Version 4, the body included)
 * and sent by the JDK. Large ones go in parts. An object is made only where none is ({@code If-None-Match: *}); turn on
 * the bucket's object lock as well, so that nobody with other rights replaces it.
 */
public final class S3Store implements RecordingStore {
    /** Larger recordings go in parts of this size; S3 wants at least 5 MiB. */
    static final int PART = 8 * 1024 * 1024;

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int MAX_ANSWER = 64 * 1024;

    private final S3Settings settings;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(10))
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    public S3Store(S3Settings settings) {
        this.settings = settings;
    }

    @Override
    public void put(String name, Path file) throws IOException {
        URI object = settings.of(RecordingStore.check(name));
        if (has(name)) {
            throw taken(name);
        }
        if (Files.size(file) <= PART) {
            expect(name, send("PUT", object, Map.of("If-None-Match", "*"), Files.readAllBytes(file)), 200);
        } else {
            putParts(name, object, file);
        }
    }

    @Override
    public InputStream open(String name) throws IOException {
        var response = exchange("GET", settings.of(RecordingStore.check(name)), Map.of(), new byte[0]);
        if (response.statusCode() == 200) {
            return response.body();
        }
        try (var body = response.body()) {
            if (response.statusCode() == 404) {
                throw RecorderRefusal.NOT_STORED.because("the recording " + name + " is not stored here");
            }
            throw refused(name, response.statusCode(), body.readNBytes(MAX_ANSWER));
        }
    }

    @Override
    public boolean has(String name) throws IOException {
        Answer answer = send("HEAD", settings.of(RecordingStore.check(name)), Map.of(), new byte[0]);
        return switch (answer.status) {
            case 200 -> true;
            case 404 -> false;
            default -> throw refused(name, answer.status, answer.body);
        };
    }

    private void putParts(String name, URI object, Path file) throws IOException {
        Answer started = send("POST", with(object, "uploads="), Map.of(), new byte[0]);
        expect(name, started, 200);
        String upload = element(started.body, "UploadId");
        if (!upload.matches("[A-Za-z0-9._~-]{1,1024}")) {
            throw refused(name, started.status, started.body);
        }
        boolean done = false;
        try (var in = Files.newInputStream(file)) {
            var list = new StringBuilder("<CompleteMultipartUpload>");
            int number = 0;
            for (byte[] part = in.readNBytes(PART); part.length > 0; part = in.readNBytes(PART)) {
                number++;
                Answer answer =
                        send("PUT", with(object, "partNumber=" + number + "&uploadId=" + upload), Map.of(), part);
                expect(name, answer, 200);
                list.append("<Part><PartNumber>")
                        .append(number)
                        .append("</PartNumber><ETag>")
                        .append(escaped(answer.etag))
                        .append("</ETag></Part>");
            }
            list.append("</CompleteMultipartUpload>");
            Answer complete = send(
                    "POST",
                    with(object, "uploadId=" + upload),
                    Map.of("If-None-Match", "*"),
                    list.toString().getBytes(UTF_8));
            expect(name, complete, 200);
            if (new String(complete.body, UTF_8).contains("<Error>")) {
                throw refused(name, complete.status, complete.body);
            }
            done = true;
        } finally {
            if (!done) {
                send("DELETE", with(object, "uploadId=" + upload), Map.of(), new byte[0]);
            }
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    private static URI with(URI object, String query) {
        return URI.create(object + "?" + query);
    }

    @SuppressWarnings("ArrayRecordComponent") // made once, never compared
    private record Answer(int status, String etag, byte[] body) {}

    private Answer send(String method, URI uri, Map<String, String> headers, byte[] body) throws IOException {
        var response = exchange(method, uri, headers, body);
        try (var answer = response.body()) {
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("ETag").orElse(""),
                    answer.readNBytes(MAX_ANSWER));
        }
    }

    private HttpResponse<InputStream> exchange(String method, URI uri, Map<String, String> headers, byte[] body)
            throws IOException {
        var request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        signed(method, uri, headers, body).forEach((name, values) -> {
            if (!name.equals("host") && !name.equals("content-length")) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while speaking to " + uri.getHost(), e);
        }
    }

    private Map<String, List<String>> signed(String method, URI uri, Map<String, String> headers, byte[] body) {
        var unsigned =
                SdkHttpRequest.builder().method(SdkHttpMethod.fromValue(method)).uri(uri);
        headers.forEach(unsigned::putHeader);
        SignedRequest signed = signer.sign(sign -> sign.identity(AwsCredentialsIdentity.create(
                        settings.accessKey(), settings.secretKey().reveal()))
                .request(unsigned.build())
                .payload(() -> new ByteArrayInputStream(body))
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                .putProperty(AwsV4HttpSigner.REGION_NAME, settings.region())
                .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, true));
        var all = new TreeMap<String, List<String>>();
        signed.request().headers().forEach((name, values) -> all.put(name.toLowerCase(Locale.ROOT), values));
        return all;
    }

    private static void expect(String name, Answer answer, int status) {
        if (answer.status == 412 || answer.status == 409) {
            throw taken(name);
        }
        if (answer.status != status) {
            throw refused(name, answer.status, answer.body);
        }
    }

    private static Refusal taken(String name) {
        return RecorderRefusal.ALREADY_STORED.because("the recording " + name + " is stored already");
    }

    private static Refusal refused(String name, int status, byte[] body) {
        String code = body.length == 0 ? "" : " " + Text.quoted(element(body, "Code"));
        return RecorderRefusal.STORE_REFUSES.because(
                "the store answers " + status + code + " about " + name + " (expected: success)");
    }

    /** The text of the first element of this name, or nothing. */
    private static String element(byte[] xml, String name) {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            var found = builder.parse(new ByteArrayInputStream(xml)).getElementsByTagName(name);
            return found.getLength() == 0 ? "" : found.item(0).getTextContent();
        } catch (Exception _) {
            return "";
        }
    }
}
