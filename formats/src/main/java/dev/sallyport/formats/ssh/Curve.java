package dev.sallyport.formats.ssh;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.Arrays;

/** The NIST curves of RFC 5656, with points in uncompressed form only. */
enum Curve {
    P256("nistp256", "secp256r1", 32, "SHA256withECDSAinP1363Format"),
    P384("nistp384", "secp384r1", 48, "SHA384withECDSAinP1363Format"),
    P521("nistp521", "secp521r1", 66, "SHA512withECDSAinP1363Format");

    final String sshName;
    final String javaName;
    final int size;
    final String signature;

    @SuppressWarnings("ImmutableEnumChecker") // immutable, only not marked so
    final ECParameterSpec parameters;

    Curve(String sshName, String javaName, int size, String signature) {
        this.sshName = sshName;
        this.javaName = javaName;
        this.size = size;
        this.signature = signature;
        try {
            var found = AlgorithmParameters.getInstance("EC");
            found.init(new ECGenParameterSpec(javaName));
            this.parameters = found.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads the curve's name and a point, which must lie on the curve. */
    ECPoint read(SshReader in) {
        String name = in.text("curve", 16);
        if (!name.equals(sshName)) {
            throw in.refuse("curve: \"" + name + "\" (expected: " + sshName + ")");
        }
        byte[] point = in.string("point", 1 + 2 * P521.size);
        if (point.length != 1 + 2 * size || point[0] != 4) {
            throw in.refuse("point: " + point.length + " bytes (expected: " + (1 + 2 * size)
                    + " bytes of an uncompressed point on " + sshName + ")");
        }
        var x = new BigInteger(1, Arrays.copyOfRange(point, 1, 1 + size));
        var y = new BigInteger(1, Arrays.copyOfRange(point, 1 + size, point.length));
        if (!holds(x, y)) {
            throw in.refuse("point: does not lie on " + sshName);
        }
        return new ECPoint(x, y);
    }

    byte[] encode(ECPoint point) {
        byte[] bytes = new byte[1 + 2 * size];
        bytes[0] = 4;
        put(point.getAffineX(), bytes, 1);
        put(point.getAffineY(), bytes, 1 + size);
        return bytes;
    }

    /** Writes a number that fits this curve right-aligned into the {@code size} bytes at {@code at}. */
    void put(BigInteger number, byte[] into, int at) {
        byte[] bytes = number.toByteArray();
        int skip = bytes.length > size ? bytes.length - size : 0;
        int count = bytes.length - skip;
        System.arraycopy(bytes, skip, into, at + size - count, count);
    }

    private boolean holds(BigInteger x, BigInteger y) {
        var curve = parameters.getCurve();
        var p = ((ECFieldFp) curve.getField()).getP();
        if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0) {
            return false;
        }
        var right =
                x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB()).mod(p);
        return y.multiply(y).mod(p).equals(right);
    }
}
