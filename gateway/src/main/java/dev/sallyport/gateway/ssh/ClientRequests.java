package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Text;
import dev.sallyport.gateway.SessionRecorder.Kind;
import dev.sallyport.gateway.SessionRecorder.RecordingFailed;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms.Ability;
import java.io.IOException;
import java.util.Optional;
import org.apache.sshd.common.util.buffer.Buffer;

/** What a client asks of a channel: passed on, or refused. */
final class ClientRequests {
    private final Relay relay;
    private final RelayContext context;

    ClientRequests(Relay relay) {
        this.relay = relay;
        this.context = relay.context;
    }

    void handle(Packet packet, Buffer in) throws IOException, InterruptedException, RecordingFailed {
        RelayedChannel channel = relay.channels.ofTarget(in.getUInt());
        String request = in.getString();
        boolean answer = in.getBoolean();
        boolean forward = switch (request) {
            case "pty-req" -> terminal(channel, in);
            case "window-change" -> resize(channel, in);
            case "env" -> Permissions.allowsVariable(context.terms().environment(), in.getString());
            case "shell" -> shell(channel);
            case "exec" -> exec(channel, in.getString());
            case "subsystem" -> subsystem(channel, in.getString());
            case "auth-agent-req@openssh.com" -> Permissions.allows(context.terms(), Ability.AGENT_FORWARDING);
            case "x11-req" -> Permissions.allows(context.terms(), Ability.X11_FORWARDING);
            case "signal", "break", "eow@openssh.com", "xon-xoff", "keepalive@openssh.com" -> true;
            default -> false;
        };
        if (forward) {
            if (answer) {
                channel.replies.passed();
            }
            relay.toTarget(packet);
        } else if (answer) {
            relay.toClient(channel.replies.own(Packets.failure(channel.clientId)));
        }
    }

    private boolean terminal(RelayedChannel channel, Buffer in) {
        if (!isNew(channel) || !Permissions.allows(context.terms(), Ability.TERMINAL)) {
            return false;
        }
        channel.term = in.getString();
        channel.columns = size(in.getUInt());
        channel.rows = size(in.getUInt());
        channel.terminal = true;
        return true;
    }

    private boolean resize(RelayedChannel channel, Buffer in) throws RecordingFailed {
        channel.columns = size(in.getUInt());
        channel.rows = size(in.getUInt());
        var track = channel.track;
        if (track != null && channel.terminal) {
            track.resize(channel.columns, channel.rows);
        }
        return true;
    }

    private boolean shell(RelayedChannel channel) throws RecordingFailed {
        if (!isNew(channel)) {
            return false;
        }
        start(channel, Kind.TERMINAL, "shell");
        channel.showsText = true;
        channel.gate = context.typed(channel);
        return true;
    }

    private boolean exec(RelayedChannel channel, String command)
            throws IOException, InterruptedException, RecordingFailed {
        if (!isNew(channel)) {
            return false;
        }
        Optional<FileCommand> file = FileCommand.of(command);
        if (file.isPresent() && !Permissions.allows(context.terms(), Ability.FILES)) {
            tell(channel, "The role does not allow files to be moved.");
            return false;
        }
        Optional<String> blocked = context.ran(channel, command);
        if (blocked.isPresent()) {
            tell(channel, blocked.get());
            return false;
        }
        start(channel, file.isPresent() ? Kind.FILE : Kind.TERMINAL, command);
        channel.command = command;
        channel.showsText = file.isEmpty();
        if (file.isPresent()) {
            channel.watch = file.get().watch(what -> context.report(what), channel.number);
        } else if (channel.terminal) {
            channel.gate = context.typed(channel);
        }
        return true;
    }

    private boolean subsystem(RelayedChannel channel, String name)
            throws IOException, InterruptedException, RecordingFailed {
        if (!isNew(channel)) {
            return false;
        }
        if (name.equals("sftp")) {
            if (!Permissions.allows(context.terms(), Ability.FILES)) {
                tell(channel, "The role does not allow files to be moved.");
                return false;
            }
            start(channel, Kind.FILE, "sftp");
            channel.watch = new SftpWatch(channel.number, context::report);
            return true;
        }
        if (!Permissions.allowsOpaque(context.terms())) {
            return false;
        }
        start(channel, Kind.OPAQUE, "subsystem " + Text.printable(name));
        context.report(new Report.OpaqueOpened(channel.number, "subsystem", Text.printable(name)));
        return true;
    }

    private boolean isNew(RelayedChannel channel) {
        return channel.type.equals("session") && !channel.started;
    }

    private void start(RelayedChannel channel, Kind kind, String what) throws RecordingFailed {
        channel.started = true;
        channel.track = context.recorder().open(channel.number, kind, what, channel.columns, channel.rows);
    }

    private void tell(RelayedChannel channel, String sentence) throws IOException, InterruptedException {
        String text = "sallyport: " + sentence + "\r\n";
        if (channel.borrow(text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length)) {
            relay.toClient(Packets.error(channel.clientId, text));
        }
    }

    private static int size(long value) {
        return (int) Math.min(value, 10_000);
    }
}
