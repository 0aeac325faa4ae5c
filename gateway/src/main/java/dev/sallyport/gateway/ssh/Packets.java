package dev.sallyport.gateway.ssh;

import java.nio.charset.StandardCharsets;
import org.apache.sshd.common.SshConstants;

/** Messages that the gateway makes itself. */
final class Packets {
    private Packets() {}

    static Packet openFailure(long recipient, String why) {
        return Packet.build(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE)
                .number(recipient)
                .number(SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED)
                .text(why)
                .text("")
                .packet();
    }

    static Packet failure(long recipient) {
        return Packet.build(SshConstants.SSH_MSG_CHANNEL_FAILURE)
                .number(recipient)
                .packet();
    }

    static Packet success(long recipient) {
        return Packet.build(SshConstants.SSH_MSG_CHANNEL_SUCCESS)
                .number(recipient)
                .packet();
    }

    static Packet close(long recipient) {
        return Packet.build(SshConstants.SSH_MSG_CHANNEL_CLOSE)
                .number(recipient)
                .packet();
    }

    static Packet exitStatus(long recipient, int status) {
        return Packet.build(SshConstants.SSH_MSG_CHANNEL_REQUEST)
                .number(recipient)
                .text("exit-status")
                .flag(false)
                .number(status)
                .packet();
    }

    static Packet data(long recipient, byte[] bytes) {
        return Packet.build(SshConstants.SSH_MSG_CHANNEL_DATA)
                .number(recipient)
                .bytes(bytes)
                .packet();
    }

    static Packet error(long recipient, String text) {
        return Packet.build(SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA)
                .number(recipient)
                .number(SshConstants.SSH_EXTENDED_DATA_STDERR)
                .bytes(text.getBytes(StandardCharsets.UTF_8))
                .packet();
    }
}
