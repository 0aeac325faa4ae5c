package dev.sallyport.gateway.ssh;

import dev.sallyport.gateway.SessionRecorder.Kind;
import dev.sallyport.gateway.SessionRecorder.RecordingFailed;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms.Ability;
import java.io.IOException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/** What the target says, on its way to the client. One message after the other. */
final class FromTarget implements Relay.Handler {
    private static final byte[] NOTHING = {};

    private final Relay relay;
    private final RelayContext context;
    private final Inbox inbox;

    FromTarget(Relay relay, Inbox inbox) {
        this.relay = relay;
        this.inbox = inbox;
        this.context = relay.context;
    }

    @Override
    public boolean needNotWait(Packet packet) {
        return packet.command() == SshConstants.SSH_MSG_CHANNEL_DATA
                && relay.channels.ofClient(packet.read().getUInt()).takeRoom(DataRun.length(packet));
    }

    @Override
    public void handle(Packet packet) throws IOException, InterruptedException, RecordingFailed {
        Buffer in = packet.read();
        switch (packet.command()) {
            case SshConstants.SSH_MSG_CHANNEL_DATA -> data(relay.channels.ofClient(in.getUInt()), packet);
            case SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA -> extended(packet, in);
            case SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST, SshConstants.SSH_MSG_CHANNEL_EOF -> {
                if (!relay.channels.ofClient(in.getUInt()).cutHere) {
                    relay.toClient(packet);
                }
            }
            case SshConstants.SSH_MSG_CHANNEL_CLOSE -> close(packet, in);
            case SshConstants.SSH_MSG_CHANNEL_REQUEST -> request(packet, in);
            case SshConstants.SSH_MSG_CHANNEL_SUCCESS, SshConstants.SSH_MSG_CHANNEL_FAILURE ->
                relay.toClient(relay.channels.ofClient(in.getUInt()).replies.arrived(packet));
            case SshConstants.SSH_MSG_CHANNEL_OPEN -> open(packet, in);
            case SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION -> confirmed(packet, in);
            case SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE -> refused(packet, in);
            case SshConstants.SSH_MSG_GLOBAL_REQUEST -> global(in);
            case SshConstants.SSH_MSG_REQUEST_SUCCESS, SshConstants.SSH_MSG_REQUEST_FAILURE ->
                relay.toClient(relay.globals.arrived(packet));
            default -> relay.note("the target sends message " + packet.command());
        }
    }

    private void data(RelayedChannel channel, Packet packet) throws IOException, InterruptedException, RecordingFailed {
        if (channel.cutHere) {
            return;
        }
        var run = DataRun.of(inbox.following(packet, DataRun.MOST));
        var track = channel.track;
        byte[] shown = track == null ? NOTHING : track.output(run.bytes(), run.offset(), run.length());
        pass(channel, packet); // which has been held already, where it had to be
        for (Packet each : run.packets().subList(1, run.packets().size())) {
            relay.hold(each, inbox, this);
            pass(channel, each);
        }
        context.shown(channel, shown);
    }

    private void pass(RelayedChannel channel, Packet packet) throws IOException, InterruptedException {
        int length = DataRun.length(packet);
        channel.toClient(length);
        var watch = channel.watch;
        if (watch != null) { // before the client can ask for the next thing
            watch.fromTarget(packet.body(), DataRun.HEAD, length);
        }
        relay.toClient(packet);
        context.activity(false, length);
    }

    private void extended(Packet packet, Buffer in) throws IOException, InterruptedException, RecordingFailed {
        RelayedChannel channel = relay.channels.ofClient(in.getUInt());
        if (channel.cutHere) {
            return;
        }
        in.getUInt();
        int length = DataRun.length(in);
        int offset = in.rpos();
        channel.toClient(length);
        var track = channel.track;
        byte[] shown = track == null ? NOTHING : track.error(packet.body(), offset, length);
        relay.toClient(packet);
        context.activity(false, length);
        context.shown(channel, shown);
    }

    private void close(Packet packet, Buffer in) throws IOException, InterruptedException {
        RelayedChannel channel = relay.channels.ofClient(in.getUInt());
        channel.closedByTarget();
        if (!channel.cutHere) {
            relay.toClient(packet);
        }
        if (channel.isClosed()) {
            relay.ended(channel);
        }
    }

    private void request(Packet packet, Buffer in) throws IOException, InterruptedException {
        RelayedChannel channel = relay.channels.ofClient(in.getUInt());
        if (channel.cutHere) {
            return;
        }
        String request = in.getString();
        if (request.equals("exit-status")) {
            in.getBoolean();
            channel.exitStatus = in.getInt();
        }
        relay.toClient(packet);
    }

    private void open(Packet packet, Buffer in) throws IOException, InterruptedException, RecordingFailed {
        String type = in.getString();
        long sender = in.getUInt();
        Ability needed = switch (type) {
            case "forwarded-tcpip", "forwarded-streamlocal@openssh.com" -> Ability.REMOTE_FORWARDING;
            case "auth-agent@openssh.com" -> Ability.AGENT_FORWARDING;
            case "x11" -> Ability.X11_FORWARDING;
            default -> null;
        };
        RelayedChannel channel = needed != null && Permissions.allows(context.terms(), needed)
                ? relay.channels.openedByTarget(type, sender)
                : null;
        if (channel == null) {
            relay.toTarget(Packets.openFailure(sender, "not allowed through the gateway"));
            return;
        }
        channel.track = context.recorder().open(channel.number, Kind.OPAQUE, type, 0, 0);
        context.report(new Report.OpaqueOpened(channel.number, type, "opened by the target"));
        relay.toClient(packet);
    }

    private void confirmed(Packet packet, Buffer in) throws IOException, InterruptedException {
        relay.channels.confirmedByTarget(in.getUInt(), in.getUInt());
        relay.toClient(packet);
    }

    private void refused(Packet packet, Buffer in) throws IOException, InterruptedException {
        RelayedChannel channel = relay.channels.ofClient(in.getUInt());
        if (!channel.fromClient || channel.targetId >= 0) {
            throw new ProtocolViolation("the target refuses a channel that is open");
        }
        relay.toClient(packet);
        relay.ended(channel);
    }

    /** A target may ask nothing of a client; the gateway shows host keys of its own. */
    private void global(Buffer in) throws IOException, InterruptedException {
        in.getString();
        if (in.getBoolean()) {
            relay.toTarget(Packet.build(SshConstants.SSH_MSG_REQUEST_FAILURE).packet());
        }
    }
}
