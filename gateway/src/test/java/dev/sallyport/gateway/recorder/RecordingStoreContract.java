package dev.sallyport.gateway.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store does. */
abstract class RecordingStoreContract {
    @TempDir
    Path temp;

    abstract RecordingStore store() throws Exception;

    @Test
    void whatIsPutComesBack() throws Exception {
        for (int size : new int[] {0, 1, 70_000}) {
            Path file = file(size, size);

            store().put("ses_" + size + ".rec", file);

            try (InputStream in = store().open("ses_" + size + ".rec")) {
                assertThat(in.readAllBytes()).isEqualTo(Files.readAllBytes(file));
            }
        }
    }

    @Test
    void aLargeOneComesBack() throws Exception {
        Path file = file(20 * 1024 * 1024 + 17, 1);

        store().put("ses_large.rec", file);

        assertThat(Shipping.sha256(store().open("ses_large.rec")))
                .isEqualTo(Shipping.sha256(Files.newInputStream(file)));
    }

    @Test
    void whatIsStoredIsNeverReplaced() throws Exception {
        Path first = file(1000, 1);
        store().put("ses_a.rec", first);

        assertThatThrownBy(() -> store().put("ses_a.rec", file(1000, 2)))
                .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo("recorder.already-stored"));
        try (InputStream in = store().open("ses_a.rec")) {
            assertThat(in.readAllBytes()).isEqualTo(Files.readAllBytes(first));
        }
    }

    @Test
    void whatIsNotThereIsRefused() throws Exception {
        assertThat(store().has("ses_none.rec")).isFalse();
        assertThatThrownBy(() -> store().open("ses_none.rec"))
                .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo("recorder.not-stored"));
    }

    @Test
    void namesThatLeadElsewhereAreRefused() {
        for (String bad : new String[] {"", "../x", "a/b", ".hidden", "a b", "a?b", "x".repeat(200)}) {
            assertThatThrownBy(() -> store().has(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    Path file(int size, long seed) throws IOException {
        var bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return Files.write(Files.createTempFile(temp, "file", ""), bytes);
    }
}
