package dev.sallyport.notification;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.CrashPoint;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.request.Requests;
import dev.sallyport.request.Untold;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Sends what is in the outbox, at least once. A letter that is taken is not seen by other servers for {@link #CLAIM}; who
 * dies between sending and noting it leaves it to be sent again, with the same id.
 */
final class Sending {
    /** How long who took a letter has it; carriers give up sooner. */
    static final Duration CLAIM = Duration.ofMinutes(1);

    /** Letters on their way at once, from one server. */
    static final int PARALLEL = 32;

    /** As many of one channel take no more: a slow one leaves room for the others. */
    static final int PARALLEL_PER_CHANNEL = 4;

    /** How long it waits after each attempt that failed; after the last of them it is given up. */
    static final List<Duration> BACK_OFF = List.of(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofMinutes(10),
            Duration.ofMinutes(30),
            Duration.ofHours(1),
            Duration.ofHours(2),
            Duration.ofHours(4));

    /** What asks approvers is given up sooner, so that others can be asked. */
    static final int URGENT_ATTEMPTS = 4;

    /** The kind of the finding about a channel that does not work. */
    static final String FINDING = "notifications-undelivered";

    private static final Actor ACTOR = Actor.system("notifications");
    private static final Logger LOG = Logger.getLogger(Sending.class.getName());

    private final Database database;
    private final Audit audit;
    private final Findings findings;
    private final ChannelSecrets secrets;
    private final Carrier carrier;
    private final URI url;
    private final Executor executor;
    private final AtomicInteger underWay = new AtomicInteger();
    private final Map<String, AtomicInteger> perChannel = new ConcurrentHashMap<>();

    Sending(
            Database database,
            Audit audit,
            Findings findings,
            ChannelSecrets secrets,
            Carrier carrier,
            URI url,
            Executor executor) {
        this.database = database;
        this.audit = audit;
        this.findings = findings;
        this.secrets = secrets;
        this.carrier = carrier;
        this.url = url;
        this.executor = executor;
    }

    /** Takes what is due and sends it; returns how many letters. */
    int runOnce() {
        int free = Math.min(PARALLEL_PER_CHANNEL, PARALLEL - underWay.get());
        if (free <= 0) {
            return 0;
        }
        List<String> busy = perChannel.entrySet().stream()
                .filter(entry -> entry.getValue().get() >= PARALLEL_PER_CHANNEL)
                .map(Map.Entry::getKey)
                .toList();
        List<Taken> taken = database.change(
                ACTOR,
                tx -> Outbox.claim(tx, free, busy, CLAIM).stream()
                        .map(letter -> new Taken(letter, DecisionLinks.make(tx, letter)))
                        .toList());
        CrashPoint.reached("notification.claimed");
        taken.forEach(this::dispatch);
        return taken.size();
    }

    /** A letter, and the link that only this copy of it holds. */
    private record Taken(Notification letter, Optional<Secret> token) {}

    private void dispatch(Taken taken) {
        Notification letter = taken.letter();
        AtomicInteger ofChannel = perChannel.computeIfAbsent(letter.channel(), _ -> new AtomicInteger());
        underWay.incrementAndGet();
        ofChannel.incrementAndGet();
        Runnable work = () -> {
            try {
                send(letter, taken.token());
            } catch (RuntimeException fault) {
                // it stays taken until its claim ends, and is tried again then
                LOG.log(Level.WARNING, "notification=" + letter.id() + " could not be noted", fault);
            } finally {
                ofChannel.decrementAndGet();
                underWay.decrementAndGet();
            }
        };
        try {
            executor.execute(work);
        } catch (RejectedExecutionException _) {
            ofChannel.decrementAndGet();
            underWay.decrementAndGet();
        }
    }

    private void send(Notification letter, Optional<Secret> token) {
        try {
            Channel channel = database.read(rx -> Channel.named(rx, letter.channel()))
                    .orElseThrow(() -> Undelivered.forGood("there is no channel " + letter.channel() + " any more"));
            carry(channel, letter.letter(token.map(value -> Secret.of(url + "/decide/" + value.reveal()))));
            CrashPoint.reached("notification.sent");
            database.run(ACTOR, tx -> sent(tx, letter));
        } catch (Undelivered undelivered) {
            database.run(ACTOR, tx -> failed(tx, letter, undelivered));
        }
    }

    /** Hands a letter to the carrier, with the channel's secret; a fault of the carrier's is one that may pass. */
    void carry(Channel channel, Letter letter) throws Undelivered {
        Optional<Secret> secret = secrets.of(database, channel);
        try {
            carrier.carry(channel, secret, letter);
        } catch (RuntimeException fault) {
            LOG.log(Level.SEVERE, "notification=" + letter.id() + " channel=" + channel.name(), fault);
            throw Undelivered.now("an internal error; the server's log has it");
        }
    }

    private void sent(Tx tx, Notification letter) {
        if (Outbox.sent(tx, letter)) {
            audit.record(tx, event(NotificationEvent.DELIVERED, letter));
            findings.close(tx, FINDING, letter.channel());
            stages(letter).forEach(stage -> Requests.told(tx, audit, stage.item(), stage.number()));
        }
    }

    /** A stage that a letter tells its people of. */
    private record Asked(String name, ItemId item, int number) {}

    private static List<Asked> stages(Notification letter) {
        return letter.asks().stream()
                .filter(name -> !name.endsWith(Asking.AGAIN))
                .map(name -> {
                    int slash = name.indexOf('/');
                    return new Asked(
                            name, new ItemId(name.substring(0, slash)), Integer.parseInt(name.substring(slash + 1)));
                })
                .toList();
    }

    private void failed(Tx tx, Notification letter, Undelivered why) {
        int most = letter.isUrgent() ? URGENT_ATTEMPTS : BACK_OFF.size() + 1;
        if (!why.isLasting() && letter.attempts() < most) {
            Outbox.again(tx, letter, tx.now().plus(BACK_OFF.get(letter.attempts() - 1)), why.message());
            return;
        }
        if (Outbox.dead(tx, letter, why.message())) {
            audit.record(
                    tx,
                    event(NotificationEvent.UNDELIVERABLE, letter)
                            .outcome(Outcome.FAILURE)
                            .data("attempts", letter.attempts()));
            findings.open(
                    tx,
                    FINDING,
                    Severity.HIGH,
                    letter.channel(),
                    "the channel " + letter.channel() + " does not deliver: " + why.message());
            stages(letter).stream()
                    .filter(stage -> !Outbox.mayBeTold(tx, letter.request().orElse(""), stage.name()))
                    .forEach(stage -> Requests.untold(tx, audit, stage.item(), stage.number(), Untold.NOT_DELIVERED));
        }
    }

    static Event event(NotificationEvent type, Notification letter) {
        return Event.of(type)
                .request(letter.request().orElse(null))
                .data("notification", letter.id())
                .data("news", letter.news().word())
                .data("channel", letter.channel())
                .data("person", letter.personId().orElse(null));
    }
}
