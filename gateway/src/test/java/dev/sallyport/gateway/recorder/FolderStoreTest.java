package dev.sallyport.gateway.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

class FolderStoreTest extends RecordingStoreContract {
    @Override
    RecordingStore store() throws Exception {
        return new FolderStore(temp.resolve("recordings"));
    }

    @Test
    void nobodyElseMayRead() throws Exception {
        store().put("ses_a.rec", file(10, 1));

        var folder = temp.resolve("recordings");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("ses_a.rec"))))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }
}
