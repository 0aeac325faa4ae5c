package dev.sallyport.identity;

import java.util.Optional;

/**
 * What a browser says when somebody has shown a passkey. Bytes are in base 64 for URLs.
 *
 * @param id how the authenticator calls it
 * @param clientData what the browser saw: origin, challenge and ceremony, as JSON
 * @param authenticatorData what the authenticator saw: host name, whether somebody was there and was verified, its counter
 * @param userHandle whose it is, as far as the authenticator says
 */
public record PasskeyShown(
        String id, String clientData, String authenticatorData, String signature, Optional<String> userHandle) {
    private static final int MOST_ID = 1_023;
    private static final int MOST_CLIENT_DATA = 8_192;
    private static final int MOST_AUTHENTICATOR_DATA = 4_096;
    private static final int MOST_SIGNATURE = 2_048;
    private static final int MOST_HANDLE = 64;

    public PasskeyShown {
        Encoded.bytes("id", id, MOST_ID);
        Encoded.bytes("client_data", clientData, MOST_CLIENT_DATA);
        Encoded.bytes("authenticator_data", authenticatorData, MOST_AUTHENTICATOR_DATA);
        Encoded.bytes("signature", signature, MOST_SIGNATURE);
        userHandle.ifPresent(handle -> Encoded.bytes("user_handle", handle, MOST_HANDLE));
    }

    public byte[] idBytes() {
        return Encoded.bytes("id", id, MOST_ID);
    }

    public byte[] clientDataBytes() {
        return Encoded.bytes("client_data", clientData, MOST_CLIENT_DATA);
    }

    public byte[] authenticatorDataBytes() {
        return Encoded.bytes("authenticator_data", authenticatorData, MOST_AUTHENTICATOR_DATA);
    }

    public byte[] signatureBytes() {
        return Encoded.bytes("signature", signature, MOST_SIGNATURE);
    }

    Optional<byte[]> userHandleBytes() {
        return userHandle.map(handle -> Encoded.bytes("user_handle", handle, MOST_HANDLE));
    }
}
