package dev.sallyport.cli.login;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.util.Map;

/** A QR code out of block characters, two rows to a line, dark on light whatever the colours of the terminal are. */
record QrCode(BitMatrix modules) {
    private static final int QUIET = 4;
    private static final String COLOURS = "\u001b[38;5;16;48;5;231m";
    private static final String PLAIN = "\u001b[0m";

    static QrCode of(String text) {
        try {
            return new QrCode(new QRCodeWriter()
                    .encode(
                            text,
                            BarcodeFormat.QR_CODE,
                            0,
                            0,
                            Map.of(
                                    EncodeHintType.MARGIN,
                                    QUIET,
                                    EncodeHintType.ERROR_CORRECTION,
                                    ErrorCorrectionLevel.L)));
        } catch (WriterException e) {
            throw new IllegalArgumentException("too long for a QR code", e);
        }
    }

    int columns() {
        return modules.getWidth();
    }

    /** Lines for a terminal. */
    String coloured() {
        var text = new StringBuilder();
        for (int row = 0; row < modules.getHeight(); row += 2) {
            text.append(COLOURS).append(line(row)).append(PLAIN).append('\n');
        }
        return text.toString();
    }

    private String line(int row) {
        var line = new StringBuilder();
        for (int column = 0; column < modules.getWidth(); column++) {
            boolean upper = modules.get(column, row);
            boolean lower = row + 1 < modules.getHeight() && modules.get(column, row + 1);
            line.append(upper ? lower ? '█' : '▀' : lower ? '▄' : ' ');
        }
        return line.toString();
    }
}
