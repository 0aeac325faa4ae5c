package dev.sallyport.gateway.ssh;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** A message of the connection protocol (RFC 4254), as it came: its number and what follows. */
@SuppressWarnings("ArrayRecordComponent") // passes through once and is never compared
record Packet(int command, byte[] body) {
    /** A packet's share of a queue beside its body. */
    static final int OVERHEAD = 64;

    /** Requests on a channel that run nothing. */
    private static final Set<String> HARMLESS =
            Set.of("pty-req", "env", "window-change", "keepalive@openssh.com", "eow@openssh.com");

    static Packet of(int command, Buffer buffer) {
        return new Packet(command, buffer.getCompactData());
    }

    static Builder build(int command) {
        return new Builder(command);
    }

    int size() {
        return body.length + OVERHEAD;
    }

    /** A reader over the body, from its beginning. */
    Buffer read() {
        return new ByteArrayBuffer(body);
    }

    boolean isData() {
        return command == SshConstants.SSH_MSG_CHANNEL_DATA || command == SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA;
    }

    /** Whether it is of the same kind, for the same channel. */
    boolean isLike(Packet other) {
        return command == other.command
                && body.length >= 4
                && other.body.length >= 4
                && Arrays.equals(body, 0, 4, other.body, 0, 4);
    }

    /** Whether it belongs to no channel: a global request, or the answer to one. */
    boolean isGlobal() {
        return switch (command) {
            case SshConstants.SSH_MSG_GLOBAL_REQUEST,
                    SshConstants.SSH_MSG_REQUEST_SUCCESS,
                    SshConstants.SSH_MSG_REQUEST_FAILURE -> true;
            default -> false;
        };
    }

    /** Whether a client that sends it does something: what a session that waits, or is paused, holds back. */
    boolean does() {
        return switch (command) {
            case SshConstants.SSH_MSG_CHANNEL_DATA, SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA -> true;
            case SshConstants.SSH_MSG_CHANNEL_OPEN -> !read().getString().equals("session");
            case SshConstants.SSH_MSG_GLOBAL_REQUEST -> read().getString().contains("forward");
            case SshConstants.SSH_MSG_CHANNEL_REQUEST -> {
                Buffer in = read();
                in.getUInt();
                yield !HARMLESS.contains(in.getString());
            }
            default -> false;
        };
    }

    /** Its place in a packet of this session, ready to be encrypted. */
    Buffer into(Session session) throws IOException {
        Buffer out = session.createBuffer((byte) command, body.length + 1);
        out.putRawBytes(body);
        return out;
    }

    /** Puts a packet together. */
    static final class Builder {
        private final int command;
        private final ByteArrayBuffer out = new ByteArrayBuffer();

        private Builder(int command) {
            this.command = command;
        }

        Builder number(long value) {
            out.putUInt(value);
            return this;
        }

        Builder flag(boolean value) {
            out.putBoolean(value);
            return this;
        }

        Builder text(String value) {
            out.putString(value);
            return this;
        }

        Builder bytes(byte[] value) {
            out.putBytes(value);
            return this;
        }

        Builder bytes(byte[] value, int offset, int length) {
            out.putBytes(value, offset, length);
            return this;
        }

        Packet packet() {
            return new Packet(command, out.getCompactData());
        }
    }
}
