package dev.sallyport.gateway.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.testkit.S3Stand;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against s3proxy, which checks signatures. */
class S3StoreTest extends RecordingStoreContract {
    @TempDir
    static Path data;

    private static S3Stand stand;
    private static int buckets;

    @BeforeAll
    static void start() throws Exception {
        stand = S3Stand.start(data);
    }

    @AfterAll
    static void stop() {
        stand.close();
    }

    @BeforeEach
    void bucket() {
        buckets++;
        stand.bucket(bucketName());
    }

    private static String bucketName() {
        return "recordings-" + buckets;
    }

    @Override
    RecordingStore store() {
        return store(S3Stand.SECRET);
    }

    private static S3Store store(String secret) {
        return new S3Store(new S3Settings(
                stand.endpoint(), "eu-central-1", bucketName(), "prod/", S3Stand.ACCESS, Secret.of(secret)));
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
        assertThatThrownBy(() -> new S3Settings(
                        URI.create("http://10.0.0.1"), "r", "bucket", "", S3Stand.ACCESS, Secret.of(S3Stand.SECRET)))
                .hasMessageContaining("expected: https");
    }
}
