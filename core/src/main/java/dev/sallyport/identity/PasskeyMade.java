package dev.sallyport.identity;

import dev.sallyport.base.InputRefusal;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What a browser says when an authenticator has made a passkey. Bytes are in base 64 for URLs.
 *
 * @param clientData what the browser saw: origin, challenge and ceremony, as JSON
 * @param attestation what the authenticator made, as CBOR
 * @param transports how it is reached; hints for the browser later on
 */
public record PasskeyMade(String clientData, String attestation, List<String> transports) {
    private static final int MOST_CLIENT_DATA = 8_192;
    private static final int MOST_ATTESTATION = 32_768;
    private static final Set<String> TRANSPORTS = Set.of("usb", "nfc", "ble", "smart-card", "hybrid", "internal");
    private static final int MOST_TRANSPORTS = 20;

    public PasskeyMade {
        Encoded.bytes("client_data", clientData, MOST_CLIENT_DATA);
        Encoded.bytes("attestation", attestation, MOST_ATTESTATION);
        if (transports.size() > MOST_TRANSPORTS) {
            throw InputRefusal.INVALID_VALUE.because(
                    "transports: " + transports.size() + " of them (expected: at most " + MOST_TRANSPORTS + ")");
        }
        // browsers name new ones before we know them
        transports = transports.stream()
                .filter(Objects::nonNull)
                .filter(TRANSPORTS::contains)
                .distinct()
                .sorted()
                .toList();
    }

    public byte[] clientDataBytes() {
        return Encoded.bytes("client_data", clientData, MOST_CLIENT_DATA);
    }

    public byte[] attestationBytes() {
        return Encoded.bytes("attestation", attestation, MOST_ATTESTATION);
    }
}
