package dev.sallyport.gateway;

import dev.sallyport.base.LeaseId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
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
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A control plane that is only told things. */
final class ToldControlPlane implements ControlPlane {
    final List<Report> told = new CopyOnWriteArrayList<>();
    final Set<String> sources = new ConcurrentSkipListSet<>();
    final AtomicInteger tries = new AtomicInteger();
    volatile boolean away;

    @Override
    public long report(String source, List<Report> reports) {
        tries.incrementAndGet();
        if (away) {
            throw JournalTest.Away.AWAY.because("the control plane is away");
        }
        sources.add(source);
        told.addAll(reports);
        return reports.getLast().sequence();
    }

    @Override
    public Answer authorize(Evidence evidence, Destination destination) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Asked ask(Evidence evidence, Destination destination, String role, Duration duration, String reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Opened open(PermitId permit, SessionId session, Opening opening) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Certified certify(SessionId session, LeaseId lease, String publicKey) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Secret secret(SessionId session) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FeedPage feed(long after, Duration wait) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Order> command(long after, Duration wait) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void live(SessionId session, List<LiveFrame> frames) {
        throw new UnsupportedOperationException();
    }
}
