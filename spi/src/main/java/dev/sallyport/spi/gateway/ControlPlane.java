package dev.sallyport.spi.gateway;

import dev.sallyport.base.LeaseId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import java.time.Duration;
import java.util.List;

/**
 * Everything a gateway can say to the control plane. A gateway never names a person: it sends evidence, and is told who
 * that is. It holds no key of an authority. Calls may be repeated after a break: {@link #open}, {@link #report} and
 * {@link #certify} carry ids that the gateway made, and give the same answer again.
 *
 * <p>Every call may throw {@link dev.sallyport.base.Refusal} ({@code gateway.…} for what this gateway may not do,
 * {@code unavailable.…} when the control plane or its database is away). What gains access is refused then; what ends
 * it is done first and reported later.
 */
public interface ControlPlane {
    /** Who this is, and whether they may go where they want to; decides, changes no grant. */
    Answer authorize(Evidence evidence, Destination destination);

    /** Asks for a role on behalf of the person that the evidence shows, as the person would with {@code request}. */
    Asked ask(Evidence evidence, Destination destination, String role, Duration duration, String reason);

    /**
     * Begins a session under a permit and says how to record it. The session row and its event are durable when this
     * returns; without them nothing is connected.
     */
    Opened open(PermitId permit, SessionId session, Opening opening);

    /** A certificate of the target authority for a key that the gateway made for this session alone, as a lease. */
    Certified certify(SessionId session, LeaseId lease, String publicKey);

    /** The stored password or private key for a target that knows no certificates; the person never sees it. */
    Secret secret(SessionId session);

    /** Tells what happened; returns the highest sequence of this source that is durable. Repeats are dropped. */
    long report(String source, List<Report> reports);

    /**
     * Effective deny after a version, in order, and the newest version there is; waits for at most {@code wait} when
     * {@code after} is that version. A page may hold less than everything up to its head: who asks on gets the rest. A
     * negative version asks where the feed stands, at once and without entries.
     */
    FeedPage feed(long after, Duration wait);

    /** What the gateway is to do with sessions, after a sequence; waits for at most {@code wait} when there is nothing. */
    List<Order> command(long after, Duration wait);

    /** What a watched session shows right now; dropped when nobody watches any more, never waited for. */
    void live(SessionId session, List<LiveFrame> frames);
}
