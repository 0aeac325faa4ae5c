package dev.sallyport.cli.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.ChecksumException;
import com.google.zxing.FormatException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.decoder.Decoder;
import java.util.List;
import org.junit.jupiter.api.Test;

class QrCodeTest {
    private static final int QUIET = 4;
    private static final String URI = "otpauth://totp/Sallyport:a-rather-long-name%40pam.example.org"
            + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Sallyport&algorithm=SHA1&digits=6&period=30";

    @Test
    void whatTheTerminalShowsReadsAsTheAddress() throws ChecksumException, FormatException {
        String shown = QrCode.of(URI).coloured();

        List<String> lines = shown.lines()
                .map(line -> line.replaceAll("\u001b\\[[0-9;]*m", ""))
                .toList();
        assertThat(new Decoder().decode(modules(lines)).getText()).isEqualTo(URI);
        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(lines.getFirst()).isBlank();
    }

    /** The dark ones, without the quiet zone. */
    private static BitMatrix modules(List<String> lines) {
        int size = lines.getFirst().length() - 2 * QUIET;
        var modules = new BitMatrix(size);
        for (int row = 0; row < size; row++) {
            String line = lines.get((row + QUIET) / 2);
            for (int column = 0; column < size; column++) {
                char seen = line.charAt(column + QUIET);
                boolean upper = (row + QUIET) % 2 == 0;
                if (seen == '█' || seen == (upper ? '▀' : '▄')) {
                    modules.set(column, row);
                }
            }
        }
        return modules;
    }
}
