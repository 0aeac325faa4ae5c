package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Text;
import dev.sallyport.gateway.SessionRecorder.Kind;
import dev.sallyport.gateway.SessionRecorder.RecordingFailed;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms.Ability;
import java.io.IOException;
import java.util.List;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/** What the client says, on its way to the target. One message after the other. */
final class FromClient implements Relay.Handler {
    private final Relay relay;
    private final RelayContext context;
    private final ClientRequests requests;
    private final Inbox inbox;
    private boolean noMoreSessions;

    FromClient(Relay relay, Inbox inbox) {
        this.relay = relay;
        this.inbox = inbox;
        this.context = relay.context;
        this.requests = new ClientRequests(relay);
    }

    @Override
    public boolean needNotWait(Packet packet) {
        // what looks at typed lines may have something to say to the client, who may not be reading
        return relay.channels.ofTarget(packet.read().getUInt()).gate == null;
    }

    @Override
    public void handle(Packet packet) throws IOException, InterruptedException, RecordingFailed {
        Buffer in = packet.read();
        switch (packet.command()) {
            case SshConstants.SSH_MSG_CHANNEL_DATA -> data(relay.channels.ofTarget(in.getUInt()), packet);
            case SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA -> extended(packet, in);
            case SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST -> adjust(in);
            case SshConstants.SSH_MSG_CHANNEL_EOF -> {
                if (!relay.channels.ofTarget(in.getUInt()).cutHere) {
                    relay.toTarget(packet);
                }
            }
            case SshConstants.SSH_MSG_CHANNEL_CLOSE -> close(packet, in);
            case SshConstants.SSH_MSG_CHANNEL_REQUEST -> requests.handle(packet, in);
            case SshConstants.SSH_MSG_CHANNEL_SUCCESS, SshConstants.SSH_MSG_CHANNEL_FAILURE -> {
                if (!relay.channels.ofTarget(in.getUInt()).cutHere) {
                    relay.toTarget(packet);
                }
            }
            case SshConstants.SSH_MSG_CHANNEL_OPEN -> open(packet, in);
            case SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION -> {
                relay.channels.confirmedByClient(in.getUInt(), in.getUInt(), in.getUInt(), in.getUInt());
                relay.toTarget(packet);
            }
            case SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE -> refused(packet, in);
            case SshConstants.SSH_MSG_GLOBAL_REQUEST -> global(packet, in);
            default -> relay.note("the client sends message " + packet.command());
        }
    }

    private void data(RelayedChannel channel, Packet packet) throws IOException, InterruptedException, RecordingFailed {
        if (channel.cutHere) {
            return;
        }
        var gate = channel.gate;
        var run = DataRun.of(gate == null ? inbox.following(packet, DataRun.MOST) : List.of(packet));
        if (gate != null) {
            gate.input(channel, run.bytes(), run.offset(), run.length());
        }
        var track = channel.track;
        if (track != null) {
            track.input(run.bytes(), run.offset(), run.length());
        }
        pass(channel, packet); // which has been held already, where it had to be
        for (Packet each : run.packets().subList(1, run.packets().size())) {
            relay.hold(each, inbox, this);
            pass(channel, each);
        }
    }

    private void pass(RelayedChannel channel, Packet packet) throws IOException, InterruptedException {
        int length = DataRun.length(packet);
        var watch = channel.watch;
        if (watch != null) {
            watch.fromClient(packet.body(), DataRun.HEAD, length);
        }
        relay.toTarget(packet);
        context.activity(true, length);
    }

    private void extended(Packet packet, Buffer in) throws IOException, InterruptedException, RecordingFailed {
        RelayedChannel channel = relay.channels.ofTarget(in.getUInt());
        if (channel.cutHere) {
            return;
        }
        in.getUInt();
        int length = DataRun.length(in);
        var track = channel.track;
        if (track != null) {
            track.input(packet.body(), in.rpos(), length);
        }
        relay.toTarget(packet);
        context.activity(true, length);
    }

    private void adjust(Buffer in) throws IOException, InterruptedException {
        long recipient = in.getUInt();
        RelayedChannel channel = relay.channels.ofTarget(recipient);
        long rest = channel.adjust(in.getUInt());
        if (rest > 0 && !channel.cutHere) {
            relay.toTarget(Packet.build(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST)
                    .number(recipient)
                    .number(rest)
                    .packet());
        }
    }

    private void close(Packet packet, Buffer in) throws IOException, InterruptedException {
        RelayedChannel channel = relay.channels.ofTarget(in.getUInt());
        channel.closedByClient();
        if (!channel.cutHere) {
            relay.toTarget(packet);
        }
        if (channel.isClosed()) {
            relay.ended(channel);
        }
    }

    private void open(Packet packet, Buffer in) throws IOException, InterruptedException, RecordingFailed {
        String type = in.getString();
        long sender = in.getUInt();
        long window = in.getUInt();
        long largest = in.getUInt();
        String refusal = refusal(type);
        RelayedChannel channel =
                refusal.isEmpty() ? relay.channels.openedByClient(type, sender, window, largest) : null;
        if (channel == null) {
            String why = refusal.isEmpty() ? "more than " + Channels.MAX + " channels" : refusal;
            relay.toClient(Packets.openFailure(sender, why));
            return;
        }
        if (!type.equals("session")) {
            String where = where(type, in);
            channel.track = context.recorder().open(channel.number, Kind.OPAQUE, type + " " + where, 0, 0);
            context.report(new Report.OpaqueOpened(channel.number, type, where));
        }
        relay.toTarget(packet);
    }

    private String refusal(String type) {
        return switch (type) {
            case "session" -> noMoreSessions ? "no more sessions were to follow" : "";
            case "direct-tcpip", "direct-streamlocal@openssh.com" ->
                Permissions.allows(context.terms(), Ability.LOCAL_FORWARDING)
                        ? ""
                        : "the role does not allow local forwarding";
            default -> "channels of this kind do not go through the gateway";
        };
    }

    private static String where(String type, Buffer in) {
        String host = in.getString();
        return Text.printable(type.equals("direct-tcpip") ? host + ":" + in.getUInt() : host);
    }

    private void refused(Packet packet, Buffer in) throws IOException, InterruptedException {
        RelayedChannel channel = relay.channels.ofTarget(in.getUInt());
        if (channel.fromClient || channel.clientId >= 0) {
            throw new ProtocolViolation("the client refuses a channel that is open");
        }
        relay.toTarget(packet);
        relay.ended(channel);
    }

    private void global(Packet packet, Buffer in) throws IOException, InterruptedException {
        String request = in.getString();
        boolean answer = in.getBoolean();
        boolean forward = switch (request) {
            case "tcpip-forward",
                    "cancel-tcpip-forward",
                    "streamlocal-forward@openssh.com",
                    "cancel-streamlocal-forward@openssh.com" ->
                Permissions.allows(context.terms(), Ability.REMOTE_FORWARDING);
            case "no-more-sessions@openssh.com" -> {
                noMoreSessions = true;
                yield false;
            }
            default -> false;
        };
        if (forward) {
            if (answer) {
                relay.globals.passed();
            }
            relay.toTarget(packet);
        } else if (answer) {
            relay.toClient(relay.globals.own(
                    Packet.build(SshConstants.SSH_MSG_REQUEST_FAILURE).packet()));
        }
    }
}
