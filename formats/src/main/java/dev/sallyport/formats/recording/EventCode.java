package dev.sallyport.formats.recording;

import dev.sallyport.formats.recording.Event.ChannelType;
import dev.sallyport.formats.recording.Event.Start;
import dev.sallyport.formats.recording.Event.Stream;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The numbers of the kinds of event, and their payloads. */
final class EventCode {
    /** In rows only: the payload continues the event before. */
    static final int MORE = 31;

    static final int MAX_PAYLOAD = 64 * 1024;

    private static final int TERMINAL_SIZE = 0xffff;

    /** The places in these lists are the numbers of the format. */
    private static final List<Stream> STREAMS = List.of(Stream.OUTPUT, Stream.ERROR, Stream.INPUT);

    private static final List<ChannelType> TYPES = List.of(ChannelType.TERMINAL, ChannelType.FILE, ChannelType.OPAQUE);
    private static final List<Start> STARTS = List.of(Start.SHELL, Start.EXEC, Start.SUBSYSTEM);

    private EventCode() {}

    static int kind(Event event) {
        return switch (event) {
            case Event.Data data -> STREAMS.indexOf(data.stream());
            case Event.Opened _ -> 3;
            case Event.Started _ -> 4;
            case Event.Resized _ -> 5;
            case Event.Exited _ -> 6;
            case Event.Signalled _ -> 7;
            case Event.FileOperation _ -> 8;
            case Event.Closed _ -> 9;
            case Event.Gap _ -> 10;
            case Event.Message _ -> 11;
            case Event.Paused _ -> 12;
            case Event.Watched _ -> 13;
            case Event.Marked _ -> 14;
            case Event.Terminal _ -> 15;
            case Event.Ended _ -> 16;
            case Event.Environment _ -> 17;
            case Event.Unknown unknown -> unknown.kind();
        };
    }

    static boolean isData(int kind) {
        return kind < 3;
    }

    static byte[] payload(Event event) {
        if (event instanceof Event.Data data) {
            return data.shared();
        }
        var out = new Packer();
        switch (event) {
            case Event.Data _ -> throw new AssertionError("bytes have no fields");
            case Event.Opened(var type, var detail) ->
                out.octet(TYPES.indexOf(type)).text(detail);
            case Event.Started(var start, var command) ->
                out.octet(STARTS.indexOf(start)).text(command);
            case Event.Resized(var columns, var rows) -> out.varint(columns).varint(rows);
            case Event.Exited(var status) -> out.varint(status);
            case Event.Signalled(var signal, var core, var message) ->
                out.text(signal).octet(core ? 1 : 0).text(message);
            case Event.FileOperation file ->
                out.text(file.operation())
                        .text(file.path())
                        .text(file.to())
                        .varint(file.size())
                        .string(HexFormat.of().parseHex(file.sha256().orElse("")));
            case Event.Closed(var in, var sent) -> out.varint(in).varint(sent);
            case Event.Gap(var events, var bytes, var reason) ->
                out.varint(events).varint(bytes).text(reason);
            case Event.Message(var from, var text) -> out.text(from).text(text);
            case Event.Paused(var by, var paused) -> out.text(by).octet(paused ? 1 : 0);
            case Event.Watched(var who, var joined) -> out.text(who).octet(joined ? 1 : 0);
            case Event.Marked(var name, var text) -> out.text(name).text(text);
            case Event.Terminal(var type, var columns, var rows) ->
                out.text(type).varint(columns).varint(rows);
            case Event.Ended(var stream) -> out.octet(STREAMS.indexOf(stream));
            case Event.Environment(var name, var value) -> out.text(name).text(value);
            case Event.Unknown unknown -> out.raw(HexFormat.of().parseHex(unknown.payloadHex()));
        }
        byte[] payload = out.toBytes();
        if (payload.length > MAX_PAYLOAD) {
            throw new IllegalArgumentException(
                    "event: " + payload.length + " bytes (expected: at most " + MAX_PAYLOAD + ")");
        }
        return payload;
    }

    static Event event(int kind, byte[] payload) {
        if (isData(kind)) {
            return new Event.Data(STREAMS.get(kind), payload);
        }
        var in = new Unpacker("event of kind " + kind, payload);
        Event event = switch (kind) {
            case 3 -> new Event.Opened(constant(in, "channel type", TYPES), text(in));
            case 4 -> new Event.Started(constant(in, "start", STARTS), text(in));
            case 5 -> new Event.Resized(in.size("columns", TERMINAL_SIZE), in.size("rows", TERMINAL_SIZE));
            case 6 -> new Event.Exited(number(in));
            case 7 -> new Event.Signalled(text(in), in.flag("core dumped"), text(in));
            case 8 -> new Event.FileOperation(text(in), text(in), text(in), number(in), hash(in));
            case 9 -> new Event.Closed(number(in), number(in));
            case 10 -> new Event.Gap(number(in), number(in), text(in));
            case 11 -> new Event.Message(text(in), text(in));
            case 12 -> new Event.Paused(text(in), in.flag("paused"));
            case 13 -> new Event.Watched(text(in), in.flag("joined"));
            case 14 -> new Event.Marked(text(in), text(in));
            case 15 -> new Event.Terminal(text(in), in.size("columns", TERMINAL_SIZE), in.size("rows", TERMINAL_SIZE));
            case 16 -> new Event.Ended(constant(in, "stream", STREAMS));
            case 17 -> new Event.Environment(text(in), text(in));
            default -> new Event.Unknown(kind, HexFormat.of().formatHex(in.rest()));
        };
        in.finish();
        return event;
    }

    private static String text(Unpacker in) {
        return in.text("text", MAX_PAYLOAD);
    }

    private static long number(Unpacker in) {
        return in.varint("number", Long.MAX_VALUE);
    }

    private static Optional<String> hash(Unpacker in) {
        byte[] hash = in.string("hash", 32);
        if (hash.length != 0 && hash.length != 32) {
            throw in.refuse("hash: " + hash.length + " bytes (expected: 32 or none)");
        }
        return hash.length == 0 ? Optional.empty() : Optional.of(HexFormat.of().formatHex(hash));
    }

    private static <E> E constant(Unpacker in, String what, List<E> values) {
        int number = in.octet(what);
        if (number >= values.size()) {
            throw in.refuse(what + ": " + number + " (expected: less than " + values.size() + ")");
        }
        return values.get(number);
    }
}
