package dev.sallyport.formats.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.util.Arrays;

/** Writes the wire types of RFC 4251, section 5, into one growing array. */
final class SshWriter {
    private static final byte[] NOTHING = {};

    private byte[] bytes;
    private int length;

    SshWriter(int capacity) {
        bytes = new byte[capacity];
    }

    SshWriter octet(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    SshWriter uint32(int value) {
        room(4);
        put32(length, value);
        length += 4;
        return this;
    }

    SshWriter uint64(long value) {
        uint32((int) (value >>> 32));
        return uint32((int) value);
    }

    SshWriter raw(byte[] value, int from, int count) {
        room(count);
        System.arraycopy(value, from, bytes, length, count);
        length += count;
        return this;
    }

    SshWriter raw(byte[] value) {
        return raw(value, 0, value.length);
    }

    SshWriter string(byte[] value) {
        return uint32(value.length).raw(value);
    }

    SshWriter string(String value) {
        return string(value.getBytes(UTF_8));
    }

    SshWriter empty() {
        return string(NOTHING);
    }

    SshWriter mpint(BigInteger value) {
        return value.signum() == 0 ? empty() : string(value.toByteArray());
    }

    /** Opens a string whose length is not known yet; {@link #close} fills it in. */
    int open() {
        uint32(0);
        return length;
    }

    SshWriter close(int opened) {
        put32(opened - 4, length - opened);
        return this;
    }

    int length() {
        return length;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void put32(int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), bytes.length * 2));
        }
    }
}
