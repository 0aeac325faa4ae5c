package dev.sallyport.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ArchiveTest {
    @TempDir
    private Path folder;

    @Test
    void programsKeepTheirModeAndLinksTheirTarget() throws IOException {
        Archive.unpack(archive("bin/run", ""), folder);
        Archive.unpack(archive("link", "bin/run"), folder);

        assertThat(folder.resolve("bin/run")).isExecutable().hasContent("text");
        assertThat(Files.readSymbolicLink(folder.resolve("link"))).isEqualTo(Path.of("bin/run"));
    }

    @Test
    void anEntryOrLinkOutsideTheFolderIsRefused() {
        assertThatThrownBy(() -> Archive.unpack(archive("../escaped", ""), folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("leaves its folder");
        assertThatThrownBy(() -> Archive.unpack(archive("link", "/etc/passwd"), folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("leaves its folder");
    }

    @Test
    void onlyKnownPlatformsHaveBinaries() {
        assertThat(Binaries.resource("Linux", "amd64")).isEqualTo("postgres-linux-x86_64.txz");
        assertThat(Binaries.resource("Linux", "aarch64")).isEqualTo("postgres-linux-arm_64.txz");
        assertThatThrownBy(() -> Binaries.resource("Plan 9", "mips"))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("plan 9/mips (allowed: linux/amd64, linux/aarch64)");
    }

    private static InputStream archive(String name, String linkTo) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(new XZOutputStream(bytes, new LZMA2Options()))) {
            byte[] content = linkTo.isEmpty() ? "text".getBytes(StandardCharsets.UTF_8) : new byte[0];
            var entry = linkTo.isEmpty()
                    ? new TarArchiveEntry(name, true)
                    : new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
            entry.setLinkName(linkTo);
            entry.setMode(0100755);
            entry.setSize(content.length);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }
}
