package dev.sallyport.session;

import dev.sallyport.base.LeaseId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import dev.sallyport.database.Database;
import dev.sallyport.feed.Feed;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.Asked;
import dev.sallyport.spi.gateway.Certified;
import dev.sallyport.spi.gateway.ControlPlane;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import dev.sallyport.spi.gateway.FeedPage;
import dev.sallyport.spi.gateway.LiveFrame;
import dev.sallyport.spi.gateway.Opened;
import dev.sallyport.spi.gateway.Opening;
import dev.sallyport.spi.gateway.Order;
import dev.sallyport.spi.gateway.PermitId;
import dev.sallyport.spi.gateway.Report;
import java.time.Duration;
import java.util.List;

/** The words of one gateway; everything is checked against what this gateway may reach. */
final class ControlPlaneFor implements ControlPlane {
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    private final Gateway gateway;
    private final Gateways gateways;
    private final Database database;
    private final FeedFollower follower;
    private final Authorizing authorizing;
    private final dev.sallyport.session.Opening opening;
    private final Reporting reporting;
    private final Orders orders;
    private final LiveFrames live;

    ControlPlaneFor(
            Gateway gateway,
            Gateways gateways,
            Database database,
            FeedFollower follower,
            Authorizing authorizing,
            dev.sallyport.session.Opening opening,
            Reporting reporting,
            Orders orders,
            LiveFrames live) {
        this.gateway = gateway;
        this.gateways = gateways;
        this.database = database;
        this.follower = follower;
        this.authorizing = authorizing;
        this.opening = opening;
        this.reporting = reporting;
        this.orders = orders;
        this.live = live;
    }

    @Override
    public Answer authorize(Evidence evidence, Destination destination) {
        return authorizing.authorize(gateway, evidence, destination);
    }

    @Override
    public Asked ask(Evidence evidence, Destination destination, String role, Duration duration, String reason) {
        return authorizing.ask(gateway, evidence, destination, role, duration, reason);
    }

    @Override
    public Opened open(PermitId permit, SessionId session, Opening how) {
        return opening.open(gateway, permit, session, how);
    }

    @Override
    public Certified certify(SessionId session, LeaseId lease, String publicKey) {
        return opening.certify(gateway, session, lease, publicKey);
    }

    @Override
    public Secret secret(SessionId session) {
        return opening.secret(gateway, session);
    }

    @Override
    public long report(String source, List<Report> reports) {
        gateways.heard(gateway);
        return reporting.report(gateway, source, reports);
    }

    @Override
    public FeedPage feed(long after, Duration wait) {
        gateways.heard(gateway);
        if (after < 0) {
            return new FeedPage(database.read(Feed::head), List.of());
        }
        try {
            follower.await(after + 1, wait.compareTo(WAIT_MAX) < 0 ? wait : WAIT_MAX);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return database.read(rx -> new FeedPage(
                Feed.head(rx),
                Feed.after(rx, after).stream()
                        .map(entry ->
                                new FeedPage.Entry(entry.version(), entry.kind().name(), entry.subject(), entry.at()))
                        .toList()));
    }

    @Override
    public List<Order> command(long after, Duration wait) {
        gateways.heard(gateway);
        return orders.after(gateway, after, wait);
    }

    @Override
    public void live(SessionId session, List<LiveFrame> frames) {
        live.take(gateway, session, frames);
    }
}
