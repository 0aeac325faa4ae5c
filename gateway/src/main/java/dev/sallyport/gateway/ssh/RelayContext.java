package dev.sallyport.gateway.ssh;

import dev.sallyport.gateway.SessionRecorder;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a relay needs of the session it works for. */
interface RelayContext {
    SessionTerms terms();

    SessionRecorder recorder();

    /** Tells the control plane, later if it is away; never waits. */
    void report(Report.What what);

    /** Something happens: the idle limit starts anew. */
    void activity(boolean fromClient, int bytes);

    /** Waits while the session is paused or lacks its watcher, at most so long; returns whether something may pass. */
    boolean passes(Duration patience) throws InterruptedException;

    /** A command is about to be run; returns what to say to the user if a rule forbids it. */
    Optional<String> ran(RelayedChannel channel, String command);

    /** Who looks at what is typed there; nobody if nothing is looked for. */
    @Nullable
    InputGate typed(RelayedChannel channel);

    /** What is shown, without secrets, for those who watch. */
    void shown(RelayedChannel channel, byte[] bytes);

    /** A channel is over. */
    void closed(RelayedChannel channel);

    /** Ends the session; the sentence is for its user. */
    void end(EndReason reason, String detail, String sentence);
}
