package dev.sallyport.formats.recording;

import java.util.ArrayList;
import java.util.List;

/** Reads events back from the columns of a chunk, or from the rows of a journal's fragments. */
final class Columns {
    /** Neither a chunk nor a fragment has more. */
    static final int MAX_EVENTS = Pending.MAX_COLUMNS;

    private static final int MAX_TOKEN = Entry.MAX_CHANNEL * 32 + 31;

    private Columns() {}

    static List<Entry> read(Unpacker in, int events, long start, byte[] content) {
        var tokens = new int[events];
        for (int i = 0; i < events; i++) {
            tokens[i] = token(in);
        }
        var times = new long[events];
        long at = start;
        for (int i = 0; i < events; i++) {
            at = later(in, at);
            times[i] = at;
        }
        var payloads = new Unpacker("content", content);
        var entries = new ArrayList<Entry>(events);
        for (int i = 0; i < events; i++) {
            entries.add(entry(
                    tokens[i],
                    times[i],
                    payloads.raw("payload", in.size("length of event " + i, EventCode.MAX_PAYLOAD))));
        }
        in.finish();
        payloads.finish();
        return entries;
    }

    /** Adds the events of a fragment's rows to those of the fragments of the same chunk before it. */
    static void readRows(Unpacker in, long start, List<Entry> entries) {
        long at = start;
        while (in.hasMore()) {
            int token = token(in);
            if (token == EventCode.MORE) {
                join(in, entries);
            } else {
                at = later(in, at);
                entries.add(entry(token, at, in.string("payload", EventCode.MAX_PAYLOAD)));
            }
        }
    }

    private static void join(Unpacker in, List<Entry> entries) {
        if (entries.isEmpty() || !(entries.getLast().event() instanceof Event.Data before)) {
            throw in.refuse("a row that continues nothing");
        }
        byte[] more = in.string("payload", EventCode.MAX_PAYLOAD);
        if (before.size() + more.length > EventCode.MAX_PAYLOAD) {
            throw in.refuse("a run of more than " + EventCode.MAX_PAYLOAD + " bytes");
        }
        var whole = new Packer(before.size() + more.length).raw(before.shared()).raw(more);
        var last = entries.removeLast();
        entries.add(new Entry(last.millis(), last.channel(), new Event.Data(before.stream(), whole.toBytes())));
    }

    private static int token(Unpacker in) {
        return in.size("token", MAX_TOKEN);
    }

    private static long later(Unpacker in, long at) {
        return at + in.varint("time", Entry.MAX_MILLIS - at);
    }

    private static Entry entry(int token, long at, byte[] payload) {
        return new Entry(at, token >> 5, EventCode.event(token & 31, payload));
    }
}
