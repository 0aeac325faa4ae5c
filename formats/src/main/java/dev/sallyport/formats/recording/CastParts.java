package dev.sallyport.formats.recording;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A long cast of version 2 in parts that a player can hold: first where they begin ({@link Planning}), then one of them
 * ({@link Part}). A part begins with the screen as the output before it left it, as far as its end tells.
 */
public final class CastParts {
    /** About how much of a cast one part holds, in bytes. */
    public static final int PART_BYTES = 8 << 20;

    /** How many parts there are at most: of a cast that is longer, each is twice as long, or four times … */
    public static final int PARTS_MAX = 512;

    /** How much of the output before a part is shown at its beginning, in characters. */
    static final int LEAD = 128 << 10;

    /** What an event takes beside its text. */
    private static final int OVERHEAD = 24;

    private static final String RESET = "\u001bc";

    private CastParts() {}

    /**
     * Where the parts begin.
     *
     * @param starts in milliseconds of the session, each later than the one before; the first is 0
     * @param firsts the number of events before each
     */
    public record Plan(List<Long> starts, List<Long> firsts) {
        public Plan {
            starts = List.copyOf(starts);
            firsts = List.copyOf(firsts);
        }

        /** The part that shows this moment. */
        public int partAt(long millis) {
            int part = 0;
            while (part + 1 < starts.size() && starts.get(part + 1) <= millis) {
                part++;
            }
            return part;
        }
    }

    /** Reads a whole cast and says where its parts begin. */
    public static final class Planning implements Asciicast.Lines {
        private int most;
        private final List<Long> starts = new ArrayList<>(List.of(0L));
        private final List<Long> firsts = new ArrayList<>(List.of(0L));
        private long events;
        private long bytes;

        public Planning() {
            this(PART_BYTES);
        }

        Planning(int most) {
            this.most = most;
        }

        @Override
        public void head(Map<String, Object> head) {}

        @Override
        public void event(long millis, String code, String data) {
            long more = (long) data.length() + OVERHEAD;
            if (bytes > 0 && bytes + more > most && millis > starts.getLast()) {
                starts.add(millis);
                firsts.add(events);
                bytes = 0;
                if (starts.size() > PARTS_MAX) {
                    joinPairs();
                }
            }
            bytes += more;
            events++;
        }

        /** The last one has just begun, and begins a pair. */
        private void joinPairs() {
            for (int i = starts.size() - 2; i > 0; i -= 2) {
                starts.remove(i);
                firsts.remove(i);
            }
            most *= 2;
        }

        public Plan plan() {
            return new Plan(starts, firsts);
        }
    }

    /** Reads a whole cast and writes one part of it; times stay those of the session. */
    public static final class Part implements Asciicast.Lines {
        private final Asciicast.Lines lines;
        private final int part;
        private final long start;
        private final long first;
        private final long end;
        private final StringBuilder lead = new StringBuilder();
        private Map<String, Object> head = Map.of();
        private long events;
        private boolean begun;

        public Part(Plan plan, int part, Consumer<String> lines) {
            this.lines = Asciicast.Lines.written(lines);
            this.part = part;
            this.start = plan.starts().get(part);
            this.first = plan.firsts().get(part);
            this.end = part + 1 < plan.firsts().size() ? plan.firsts().get(part + 1) : Long.MAX_VALUE;
        }

        @Override
        public void head(Map<String, Object> whole) {
            head = new LinkedHashMap<>(whole);
            if (part == 0) {
                begin();
            }
        }

        @Override
        public void event(long millis, String code, String data) {
            long number = events++;
            if (number < first) {
                before(code, data);
            } else if (number < end) {
                begin();
                lines.event(millis, code, data);
            }
        }

        private void before(String code, String data) {
            if (code.equals("r")) {
                int by = data.indexOf('x');
                head.put("width", Math.max(1, Integer.parseInt(data.substring(0, by))));
                head.put("height", Math.max(1, Integer.parseInt(data.substring(by + 1))));
            } else if (code.equals("o")) {
                lead.append(data);
                if (lead.length() > 2 * LEAD) {
                    lead.delete(0, lead.length() - LEAD);
                }
            }
        }

        private void begin() {
            if (begun) {
                return;
            }
            begun = true;
            lines.head(head);
            if (part > 0) {
                lines.event(start, "o", RESET + shown());
            }
        }

        /** The end of what was shown, from the beginning of a line on: the middle of a sequence would show as text. */
        private String shown() {
            String end = lead.substring(Math.max(0, lead.length() - LEAD));
            int line = end.length() < lead.length() || lead.length() >= LEAD ? end.indexOf('\n') : -1;
            String shown = end.substring(line + 1);
            // half of a character would be no text
            return !shown.isEmpty() && Character.isLowSurrogate(shown.charAt(0)) ? shown.substring(1) : shown;
        }
    }
}
