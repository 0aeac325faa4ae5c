package dev.sallyport.formats.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Writes the wire types of the format: octets, varints (LEB128, unsigned), and bytes or text behind their length. */
final class Packer {
    private byte[] bytes;
    private int length;

    Packer() {
        this(64);
    }

    Packer(int capacity) {
        bytes = new byte[capacity];
    }

    Packer octet(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    Packer varint(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("varint: " + value + " (expected: >= 0)");
        }
        room(9);
        long rest = value;
        while (rest > 0x7f) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    Packer raw(byte[] value) {
        return raw(value, 0, value.length);
    }

    Packer raw(byte[] value, int from, int count) {
        room(count);
        System.arraycopy(value, from, bytes, length, count);
        length += count;
        return this;
    }

    Packer string(byte[] value) {
        return varint(value.length).raw(value);
    }

    Packer text(String value) {
        return string(value.getBytes(UTF_8));
    }

    int length() {
        return length;
    }

    /** What was written; not a copy where it has exactly the capacity, so nothing is to be written afterwards. */
    byte[] toBytes() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    /** What was written, and room behind it; for readers. */
    byte[] array() {
        return bytes;
    }

    /** Has an array of at least so many bytes more filled, by whoever says afterwards how many it was. */
    Packer fill(int most, Filler filler) {
        room(most);
        length += filler.fill(bytes, length);
        return this;
    }

    @FunctionalInterface
    interface Filler {
        /** Writes into the array from there on; returns how many bytes. */
        int fill(byte[] into, int at);
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), bytes.length * 2));
        }
    }
}
