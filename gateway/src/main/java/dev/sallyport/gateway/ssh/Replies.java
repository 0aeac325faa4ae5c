package dev.sallyport.gateway.ssh;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps answers in the order of the questions (RFC 4254, 4 and 5.4): some questions are passed on and answered by the
 * other end, some are answered here.
 */
final class Replies {
    /** The most questions that may wait for an answer. */
    static final int MAX = 256;

    private final ArrayDeque<Answer> waiting = new ArrayDeque<>();

    private record Answer(@Nullable Packet own) {}

    /** A question was passed on. */
    synchronized void passed() {
        add(new Answer(null));
    }

    /** Answers a question here; returns what may be sent now. */
    synchronized List<Packet> own(Packet answer) {
        if (waiting.isEmpty()) {
            return List.of(answer);
        }
        add(new Answer(answer));
        return List.of();
    }

    /** The other end has answered; returns what may be sent now: nothing if nobody had asked. */
    synchronized List<Packet> arrived(Packet answer) {
        if (waiting.isEmpty()) {
            return List.of();
        }
        waiting.remove(); // the first is always one that was passed on
        var ready = new ArrayList<Packet>();
        ready.add(answer);
        while (!waiting.isEmpty() && waiting.element().own() != null) {
            Packet own = waiting.remove().own();
            if (own != null) {
                ready.add(own);
            }
        }
        return ready;
    }

    synchronized boolean isEmpty() {
        return waiting.isEmpty();
    }

    private void add(Answer answer) {
        if (waiting.size() >= MAX) {
            throw new ProtocolViolation("more than " + MAX + " requests wait for an answer");
        }
        waiting.add(answer);
    }
}
