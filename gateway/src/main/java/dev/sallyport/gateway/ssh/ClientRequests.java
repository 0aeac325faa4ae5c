package dev.sallyport.gateway.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

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
    /** As a shell says "cannot be executed". */
    private static final int DENIED = 126;

    private final Relay relay;
    private final RelayContext context;

    ClientRequests(Relay relay) {
        this.relay = relay;
        this.context = relay.context;
    }

    void handle(Packet packet, Buffer in) throws IOException, InterruptedException, RecordingFailed {
        RelayedChannel channel = relay.channels.ofTarget(in.getUInt());
        if (channel.cutHere) {
            return;
        }
        String request = in.getString();
        boolean answer = in.getBoolean();
        String denied = denied(channel, request, in.rpos(), packet);
        if (!denied.isEmpty()) {
            deny(channel, answer, denied);
        } else if (passes(channel, request, in)) {
            if (answer) {
                channel.replies.passed();
            }
            relay.toTarget(packet);
        } else if (answer) {
            relay.toClient(channel.replies.own(Packets.failure(channel.clientId)));
        }
    }

    /** Why a command or a subsystem may not run, for its user to read. */
    private String denied(RelayedChannel channel, String request, int at, Packet packet) {
        if (!isNew(channel) || !request.equals("exec") && !request.equals("subsystem")) {
            return "";
        }
        Buffer in = packet.read();
        in.rpos(at);
        String what = in.getString();
        boolean files = request.equals("exec") ? FileCommand.of(what).isPresent() : what.equals("sftp");
        if (files && !Permissions.allows(context.terms(), Ability.FILES)) {
            return "The role does not allow files to be moved.";
        }
        return request.equals("exec") ? context.ran(channel, what).orElse("") : "";
    }

    private boolean passes(RelayedChannel channel, String request, Buffer in) throws RecordingFailed {
        return switch (request) {
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

    private boolean exec(RelayedChannel channel, String command) throws RecordingFailed {
        if (!isNew(channel)) {
            return false;
        }
        Optional<FileCommand> file = FileCommand.of(command);
        start(channel, file.isPresent() ? Kind.FILE : Kind.TERMINAL, command);
        channel.command = command;
        channel.showsText = file.isEmpty();
        if (file.isPresent()) {
            channel.watch = file.get().watch(context::report, channel.number);
        } else if (channel.terminal) {
            channel.gate = context.typed(channel);
        }
        return true;
    }

    private boolean subsystem(RelayedChannel channel, String name) throws RecordingFailed {
        if (!isNew(channel)) {
            return false;
        }
        if (name.equals("sftp")) {
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

    /**
     * Answers in the target's place: the sentence, an exit status, and the end of the channel at both ends. A client that
     * is only told that its request failed shows no sentence.
     */
    private void deny(RelayedChannel channel, boolean answer, String sentence)
            throws IOException, InterruptedException {
        channel.cutHere = true;
        relay.toTarget(Packets.close(channel.targetId));
        if (answer) {
            relay.toClient(channel.replies.own(Packets.success(channel.clientId)));
        }
        String text = "sallyport: " + Text.printable(sentence) + "\r\n";
        if (channel.borrow(text.getBytes(UTF_8).length)) {
            relay.toClient(Packets.error(channel.clientId, text));
        }
        relay.toClient(Packets.exitStatus(channel.clientId, DENIED));
        relay.toClient(Packets.close(channel.clientId));
    }

    private static int size(long value) {
        return (int) Math.min(value, 10_000);
    }
}
