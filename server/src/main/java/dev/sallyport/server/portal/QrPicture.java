package dev.sallyport.server.portal;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.util.Map;

/**
 * A QR code to be drawn as SVG: one path of its dark modules, each a unit wide, with the margin that readers want.
 *
 * @param size of its square, in modules
 * @param path the {@code d} of the path
 */
public record QrPicture(int size, String path) {
    private static final int QUIET = 4;

    static QrPicture of(String text) {
        try {
            return of(new QRCodeWriter()
                    .encode(
                            text,
                            BarcodeFormat.QR_CODE,
                            0,
                            0,
                            Map.of(
                                    EncodeHintType.MARGIN,
                                    QUIET,
                                    EncodeHintType.ERROR_CORRECTION,
                                    ErrorCorrectionLevel.M)));
        } catch (WriterException e) {
            throw new IllegalArgumentException("too long for a QR code", e);
        }
    }

    private static QrPicture of(BitMatrix modules) {
        var path = new StringBuilder();
        for (int row = 0; row < modules.getHeight(); row++) {
            int column = 0;
            while (column < modules.getWidth()) {
                int from = column;
                while (column < modules.getWidth() && modules.get(column, row)) {
                    column++;
                }
                if (column > from) {
                    path.append('M').append(from).append(' ').append(row);
                    path.append('h')
                            .append(column - from)
                            .append("v1h")
                            .append(from - column)
                            .append('z');
                }
                column++;
            }
        }
        return new QrPicture(modules.getWidth(), path.toString());
    }
}
