package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Bytes;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.LeaseId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import dev.sallyport.formats.recording.RecordingKey;
import dev.sallyport.formats.recording.RecordingKeyPair;
import dev.sallyport.formats.ssh.SshCertificate;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.formats.ssh.SshPublicKey;
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
import dev.sallyport.spi.gateway.Permit;
import dev.sallyport.spi.gateway.PermitId;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms;
import dev.sallyport.spi.gateway.TargetAccess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A control plane that knows one person, judges certificates of a real access CA, and certifies with a real target CA. */
final class FakeControlPlane implements ControlPlane {
    final SshKeyPair accessCa;
    final SshKeyPair targetCa;
    final RecordingKeyPair recordingKeys = RecordingKeyPair.generate("test");
    final GrantId grant = GrantId.next();
    final List<Destination> asked = new CopyOnWriteArrayList<>();
    final List<SessionId> opened = new CopyOnWriteArrayList<>();
    final List<Report> reports = new CopyOnWriteArrayList<>();
    final List<LiveFrame> frames = new CopyOnWriteArrayList<>();
    final Map<String, TargetAccess> targets = new ConcurrentHashMap<>();
    private final List<FeedPage.Entry> feed = new ArrayList<>();
    private final List<Order> orders = new ArrayList<>();
    private long head = 7;

    volatile SessionTerms terms = Terms.of();
    volatile String login = "nobody";
    volatile Instant endsAt = Instant.now().plus(Duration.ofHours(1));
    volatile Secret secret = Secret.of("none");
    volatile List<Secret> secrets = List.of();
    volatile Runnable whileOpening = () -> {};
    volatile boolean away;
    volatile boolean deaf;

    /** What is said to evidence that shows nobody. */
    volatile Function<Evidence, Answer> otherwise =
            _ -> new Answer.Denied("gateway.unknown", "Nobody is known by this.");

    volatile @Nullable Asked answerToAsking;

    FakeControlPlane(SshKeyPair accessCa, SshKeyPair targetCa) {
        this.accessCa = accessCa;
        this.targetCa = targetCa;
    }

    @Override
    public Answer authorize(Evidence evidence, Destination destination) {
        refuseIfAway();
        asked.add(destination);
        if (evidence.handshake().map(this::isCertified).orElse(false)) {
            return permit(destination);
        }
        return otherwise.apply(evidence);
    }

    Answer permit(Destination destination) {
        TargetAccess access = targets.get(destination.target());
        if (access == null) {
            return new Answer.Denied("gateway.no-target", "There is no target " + destination.target() + " for you.");
        }
        return new Answer.Permitted(new Permit(
                PermitId.next(),
                "dev",
                grant,
                RequestId.next(),
                "operator",
                destination.target(),
                destination.login().orElse(login),
                endsAt,
                feedHead(),
                terms,
                access));
    }

    private boolean isCertified(Evidence.Handshake handshake) {
        try {
            SshCertificate certificate = SshCertificate.ofBlob(handshake.key().toArray());
            return certificate.ca().equals(accessCa.publicKey())
                    && certificate.principals().contains("dev")
                    && certificate.isValidAt(Instant.now());
        } catch (Refusal _) {
            return false;
        }
    }

    @Override
    public Asked ask(Evidence evidence, Destination destination, String role, Duration duration, String reason) {
        Asked answer = answerToAsking;
        if (answer == null) {
            throw new IllegalStateException("nobody was to ask");
        }
        return answer;
    }

    @Override
    public Opened open(PermitId permit, SessionId session, Opening opening) {
        refuseIfAway();
        opened.add(session);
        whileOpening.run();
        RecordingKey key = recordingKeys.publicKey();
        return new Opened(key.id(), Bytes.of(HexFormat.of().parseHex(key.publicKeyHex())), secrets, endsAt);
    }

    @Override
    public Certified certify(SessionId session, LeaseId lease, String publicKey) {
        Instant expires = Instant.now().plus(Duration.ofMinutes(5));
        String certificate = SshCertificate.user(SshPublicKey.parse(publicKey))
                .serial(1)
                .keyId(session.value())
                .principals(List.of("web-1/" + login))
                .valid(Instant.now().minus(Duration.ofMinutes(1)), expires)
                .extension("permit-pty")
                .extension("permit-port-forwarding")
                .extension("permit-agent-forwarding")
                .sign(targetCa.signer(null));
        return new Certified(certificate, expires);
    }

    @Override
    public Secret secret(SessionId session) {
        return secret;
    }

    @Override
    public long report(String source, List<Report> news) {
        refuseIfAway();
        reports.addAll(news);
        return news.getLast().sequence();
    }

    @Override
    public synchronized FeedPage feed(long after, Duration wait) {
        feeds.incrementAndGet();
        long until = System.nanoTime() + wait.toNanos();
        while (after >= head && System.nanoTime() < until && !away && !deaf) {
            pause();
        }
        while (deaf) {
            pause();
        }
        refuseIfAway();
        return new FeedPage(
                head,
                after < 0
                        ? List.of()
                        : feed.stream().filter(entry -> entry.version() > after).toList());
    }

    @Override
    public synchronized List<Order> command(long after, Duration wait) {
        long until = System.nanoTime() + wait.toNanos();
        while (orders.stream().noneMatch(order -> order.sequence() > after) && System.nanoTime() < until && !away) {
            pause();
        }
        refuseIfAway();
        return orders.stream().filter(order -> order.sequence() > after).toList();
    }

    @Override
    public void live(SessionId session, List<LiveFrame> news) {
        frames.addAll(news);
    }

    synchronized void endGrant() {
        head++;
        feed.add(new FeedPage.Entry(head, "grant_ended", grant.value(), Instant.now()));
        notifyAll();
    }

    /** How often the feed was asked for: a clock of a kind. */
    final java.util.concurrent.atomic.AtomicInteger feeds = new java.util.concurrent.atomic.AtomicInteger();

    synchronized void order(Order.What what) {
        orders.add(new Order(orders.size() + 1L, opened.getLast(), what));
        notifyAll();
    }

    <T extends Report.What> List<T> told(Class<T> kind) {
        return reports.stream()
                .map(Report::what)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    private synchronized long feedHead() {
        return head;
    }

    private void refuseIfAway() {
        if (away) {
            throw Away.AWAY.because("the control plane is away");
        }
    }

    @SuppressWarnings("WaitNotInLoop") // its callers loop
    private void pause() {
        try {
            wait(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private enum Away implements Refusal.Code {
        AWAY;

        @Override
        public Refusal.Kind kind() {
            return Refusal.Kind.UNAVAILABLE;
        }

        @Override
        public String code() {
            return "unavailable.control-plane";
        }
    }

    static Optional<String> fingerprint(Evidence evidence) {
        return evidence.handshake()
                .map(proof -> SshPublicKey.ofBlob(proof.key().toArray()).fingerprint());
    }
}
