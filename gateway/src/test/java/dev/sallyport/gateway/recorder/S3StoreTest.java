package dev.sallyport.gateway.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStoreContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against s3proxy, which checks signatures. */
class S3StoreTest extends RecordingStoreContract {
    private static final String ACCESS = "gateway";
    private static final String SECRET = "a-secret-of-the-test";

    @TempDir
    static Path data;

    private static S3Proxy proxy;
    private static BlobStoreContext context;
    private static int buckets;

    @BeforeAll
    static void start() throws Exception {
        var properties = new Properties();
        properties.setProperty("jclouds.filesystem.basedir", data.toString());
        context = ContextBuilder.newBuilder("filesystem-nio2")
                .credentials("x", "x")
                .overrides(properties)
                .build(BlobStoreContext.class);
        proxy = S3Proxy.builder()
                .blobStore(context.getBlobStore())
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS, SECRET)
                .build();
        proxy.start();
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.stop();
        context.close();
    }

    @BeforeEach
    void bucket() {
        buckets++;
        context.getBlobStore().createContainerInLocation(null, bucketName());
    }

    private static String bucketName() {
        return "recordings-" + buckets;
    }

    @Override
    RecordingStore store() {
        return store(SECRET);
    }

    private static S3Store store(String secret) {
        return new S3Store(new S3Settings(
                URI.create("http://127.0.0.1:" + proxy.getPort()),
                "eu-central-1",
                bucketName(),
                "prod/",
                ACCESS,
                Secret.of(secret)));
    }

    @Test
    void aWrongSecretIsRefused() throws Exception {
        Path file = file(10, 1);

        assertThatThrownBy(() -> store("another-secret").put("ses_a.rec", file))
                .isInstanceOfSatisfying(Refusal.class, r -> {
                    assertThat(r.code()).isEqualTo("recorder.store-refuses");
                    assertThat(r.sentence()).contains("403").doesNotContain("another-secret");
                });
        assertThat(store().has("ses_a.rec")).isFalse();
    }

    @Test
    void plainHttpIsForLoopbackOnly() {
        assertThatThrownBy(() ->
                        new S3Settings(URI.create("http://10.0.0.1"), "r", "bucket", "", ACCESS, Secret.of(SECRET)))
                .hasMessageContaining("expected: https");
    }
}
