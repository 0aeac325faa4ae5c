package dev.sallyport.testkit;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An authenticator and the browser before it (WebAuthn level 3), with real keys: makes passkeys and shows them, and lies
 * where it is told to. Copies of one share what they hold.
 */
public final class SecurityKey {
    /** What kind of key it makes. */
    public enum Algorithm {
        ES256("SHA256withECDSA"),
        ED25519("Ed25519"),
        RS256("SHA256withRSA");

        private final String signature;

        Algorithm(String signature) {
            this.signature = signature;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Held(byte[] id, byte[] handle, KeyPair keys, Algorithm algorithm, long[] counter) {}

    private static final int PRESENT = 1;
    private static final int VERIFIED = 1 << 2;
    private static final int MAY_BE_COPIED = 1 << 3;
    private static final int COPIED = 1 << 4;
    private static final int ATTESTED = 1 << 6;

    private final List<Held> held;
    private String origin;
    private boolean verifies = true;
    private boolean synced;
    private long step = 1;
    private Algorithm algorithm = Algorithm.ES256;
    private Optional<String> host = Optional.empty();
    private Optional<byte[]> holder = Optional.empty();

    private SecurityKey(List<Held> held, String origin) {
        this.held = held;
        this.origin = origin;
    }

    /** One that counts its uses and is asked by pages of this origin. */
    public SecurityKey(String origin) {
        this(new ArrayList<>(), origin);
    }

    private SecurityKey but(Consumer<SecurityKey> change) {
        var copy = new SecurityKey(held, origin);
        copy.verifies = verifies;
        copy.synced = synced;
        copy.step = step;
        copy.algorithm = algorithm;
        copy.host = host;
        copy.holder = holder;
        change.accept(copy);
        return copy;
    }

    public SecurityKey making(Algorithm other) {
        return but(copy -> copy.algorithm = other);
    }

    public SecurityKey askedBy(String other) {
        return but(copy -> copy.origin = other);
    }

    /** Which says that it was asked for another host than the options name. */
    public SecurityKey forHost(String other) {
        return but(copy -> copy.host = Optional.of(other));
    }

    /** Touched, but nobody typed a PIN or showed a finger. */
    public SecurityKey unverified() {
        return but(copy -> copy.verifies = false);
    }

    /** Kept by a service that copies it between devices: such do not count their uses. */
    public SecurityKey synced() {
        return but(copy -> {
            copy.synced = true;
            copy.step = 0;
        });
    }

    /** Whose counter goes on so much with each use; below zero for a copy that lags behind. */
    public SecurityKey counting(long other) {
        return but(copy -> copy.step = other);
    }

    /** Which names somebody else as the holder. */
    public SecurityKey naming(byte[] handle) {
        return but(copy -> copy.holder = Optional.of(handle));
    }

    /** Makes a passkey for these options, and says what the page sends. */
    public Map<String, Object> make(Map<String, Object> options) {
        byte[] handle = decoded(String.valueOf(object(options, "user").get("id")));
        var made = new Held(random(32), handle, pair(), algorithm, new long[] {step});
        held.add(made);
        byte[] cose = cose(made.keys.getPublic());
        byte[] seen = seen(String.valueOf(object(options, "rp").get("id")), ATTESTED, made.counter[0]);
        byte[] data = ByteBuffer.allocate(seen.length + 16 + 2 + made.id.length + cose.length)
                .put(seen)
                .put(new byte[16])
                .putShort((short) made.id.length)
                .put(made.id)
                .put(cose)
                .array();
        byte[] attestation = new Cbor()
                .map(3)
                .text("fmt")
                .text("none")
                .text("attStmt")
                .map(0)
                .text("authData")
                .bytes(data)
                .done();
        var answer = new LinkedHashMap<String, Object>();
        answer.put("client_data", encoded(clientData("webauthn.create", options)));
        answer.put("attestation", encoded(attestation));
        answer.put("transports", List.of("usb"));
        return answer;
    }

    /** Shows the passkey that was made last, or the one that the options name, and says what the page sends. */
    public Map<String, Object> show(Map<String, Object> options) {
        Held shown = chosen(options);
        shown.counter[0] += step;
        byte[] data = seen(String.valueOf(options.get("rpId")), 0, shown.counter[0]);
        byte[] client = clientData("webauthn.get", options);
        byte[] hash = sha256(client);
        byte[] signed = ByteBuffer.allocate(data.length + hash.length)
                .put(data)
                .put(hash)
                .array();
        var answer = new LinkedHashMap<String, Object>();
        answer.put("id", encoded(shown.id));
        answer.put("client_data", encoded(client));
        answer.put("authenticator_data", encoded(data));
        answer.put("signature", encoded(signature(shown, signed)));
        answer.put("user_handle", encoded(holder.orElse(shown.handle)));
        return answer;
    }

    private Held chosen(Map<String, Object> options) {
        List<String> allowed = options.get("allowCredentials") instanceof List<?> list
                ? list.stream()
                        .map(one -> String.valueOf(((Map<?, ?>) one).get("id")))
                        .toList()
                : List.of();
        return held.reversed().stream()
                .filter(one -> allowed.isEmpty() || allowed.contains(encoded(one.id)))
                .findFirst()
                .orElse(held.getLast());
    }

    private byte[] clientData(String type, Map<String, Object> options) {
        return ("{\"type\":\"" + type + "\",\"challenge\":\"" + options.get("challenge") + "\",\"origin\":\"" + origin
                        + "\",\"crossOrigin\":false}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The head of authenticator data: host, flags, counter. */
    private byte[] seen(String asked, int more, long counter) {
        int flags = PRESENT | (verifies ? VERIFIED : 0) | (synced ? MAY_BE_COPIED | COPIED : 0) | more;
        return ByteBuffer.allocate(37)
                .put(sha256(host.orElse(asked).getBytes(StandardCharsets.UTF_8)))
                .put((byte) flags)
                .putInt((int) counter)
                .array();
    }

    private KeyPair pair() {
        try {
            return switch (algorithm) {
                case ES256 -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                    generator.initialize(new ECGenParameterSpec("secp256r1"));
                    yield generator.generateKeyPair();
                }
                case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
                case RS256 -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                    generator.initialize(2048);
                    yield generator.generateKeyPair();
                }
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The public key as COSE has it (RFC 9053). */
    private static byte[] cose(PublicKey key) {
        return switch (key) {
            case ECPublicKey ec ->
                new Cbor()
                        .map(5)
                        .number(1)
                        .number(2)
                        .number(3)
                        .number(-7)
                        .number(-1)
                        .number(1)
                        .number(-2)
                        .bytes(fixed(ec.getW().getAffineX(), 32))
                        .number(-3)
                        .bytes(fixed(ec.getW().getAffineY(), 32))
                        .done();
            case EdECPublicKey ed -> {
                // the last bytes of the encoded form are the point itself
                byte[] encoded = ed.getEncoded();
                yield new Cbor()
                        .map(4)
                        .number(1)
                        .number(1)
                        .number(3)
                        .number(-8)
                        .number(-1)
                        .number(6)
                        .number(-2)
                        .bytes(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length))
                        .done();
            }
            case RSAPublicKey rsa ->
                new Cbor()
                        .map(4)
                        .number(1)
                        .number(3)
                        .number(3)
                        .number(-257)
                        .number(-1)
                        .bytes(fixed(rsa.getModulus(), 256))
                        .number(-2)
                        .bytes(fixed(rsa.getPublicExponent(), 3))
                        .done();
            default -> throw new IllegalStateException("a key of " + key.getAlgorithm());
        };
    }

    private static byte[] fixed(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        var all = new byte[length];
        int from = Math.max(0, bytes.length - length);
        int count = bytes.length - from;
        System.arraycopy(bytes, from, all, length - count, count);
        return all;
    }

    private static byte[] signature(Held shown, byte[] text) {
        try {
            Signature signature = Signature.getInstance(shown.algorithm.signature);
            signature.initSign(shown.keys.getPrivate());
            signature.update(text);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("unchecked") // as WebAuthn says
    private static Map<String, Object> object(Map<String, Object> options, String member) {
        return (Map<String, Object>) java.util.Objects.requireNonNull(options.get(member));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] decoded(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}
