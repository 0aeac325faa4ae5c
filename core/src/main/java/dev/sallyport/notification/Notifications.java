package dev.sallyport.notification;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.News;
import dev.sallyport.credential.KeyVault;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.request.Item;
import dev.sallyport.request.ItemState;
import dev.sallyport.request.Request;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The door to notifications (RQ6): what reads news out of the audit log, what sends it, and what operators see of both.
 * Nobody calls it to tell something; it reads that by itself.
 */
public final class Notifications {
    /** How long what was sent, or given up, is kept. */
    public static final Duration KEPT = Duration.ofDays(30);

    private static final int FORGOTTEN_AT_ONCE = 1_000;

    private final Database database;
    private final Audit audit;
    private final ChannelSecrets secrets;
    private final Reading reading;
    private final Sending sending;

    /**
     * @param url how people reach the server: where links lead
     * @param executor runs what is on its way; it may run it at once
     */
    public Notifications(Database database, Audit audit, KeyVault vault, Carrier carrier, URI url, Executor executor) {
        this.database = database;
        this.audit = audit;
        this.secrets = new ChannelSecrets(vault);
        this.reading = new Reading(database, audit);
        this.sending = new Sending(database, audit, new Findings(audit), secrets, carrier, url, executor);
    }

    /** One round of reading; returns how much there was. */
    public int read() {
        return reading.runOnce();
    }

    /** One round of sending; returns how many letters were taken. */
    public int send() {
        return sending.runOnce();
    }

    /** Forgets old letters. */
    public void forget() {
        while (database.<Integer>change(
                        Actor.system("notifications"),
                        tx -> Outbox.forget(tx, tx.now().minus(KEPT), FORGOTTEN_AT_ONCE))
                == FORGOTTEN_AT_ONCE) {
            // there is more
        }
    }

    /** By age; what is empty does not restrict. */
    public List<Notification> list(
            Optional<Notification.State> state, Optional<String> channel, Optional<String> request, Slice slice) {
        return database.read(rx -> Outbox.list(rx, state, channel, request, slice));
    }

    /** @throws dev.sallyport.base.Refusal {@code notification.unknown} */
    public Notification find(String id) {
        return database.read(rx -> found(rx, id));
    }

    private static Notification found(Rx rx, String id) {
        return Outbox.find(rx, id)
                .orElseThrow(() ->
                        NotificationRefusal.UNKNOWN.because(Text.quoted(id) + ": no such notification, or too old"));
    }

    /**
     * Gives one that was given up another life.
     *
     * @throws dev.sallyport.base.Refusal {@code notification.unknown}, {@code notification.not-dead}
     */
    public Notification retry(Actor actor, String id) {
        return database.change(actor, tx -> {
            Notification letter = found(tx, id);
            if (!Outbox.revive(tx, id)) {
                throw NotificationRefusal.NOT_DEAD.because(
                        id + " is " + dev.sallyport.database.Rows.stored(letter.state())
                                + " (expected: dead; only what was given up is tried again)");
            }
            audit.record(tx, Sending.event(NotificationEvent.RETRIED, letter));
            return found(tx, id);
        });
    }

    /** Sets the secret of a channel: password, address of a chat, or signing key; it never comes back out. */
    public void setSecret(Actor actor, String channel, Secret secret) {
        database.run(actor, tx -> {
            Channel known = channel(tx, channel);
            secrets.set(tx, known, secret);
            audit.record(tx, Event.of(NotificationEvent.SECRET_SET).data("channel", channel));
        });
    }

    /**
     * Sends something by this channel now, to the caller where it is people's own.
     *
     * @throws dev.sallyport.base.Refusal {@code notification.not-delivered} saying why
     */
    public void test(Actor actor, PersonId caller, String name) {
        Channel channel = database.read(rx -> channel(rx, name));
        Person person = database.read(rx -> Directory.person(rx, caller)).orElseThrow();
        if (channel.isForPeople() && person.email().isEmpty()) {
            throw NotificationRefusal.INVALID.because(
                    "the channel " + name + " goes to people's own addresses, and you have none",
                    "give your Person document spec.email");
        }
        Instant now = database.read(Rx::now);
        var letter = new Letter(
                Ids.next("ntf_"),
                News.TEST,
                Severity.LOW,
                now,
                new Story(
                        "A test of the channel " + name,
                        List.of(new Fact("asked for by", person.name())),
                        "nothing needs to be done"),
                channel.isForPeople() ? person.email() : Optional.empty(),
                Optional.empty(),
                Optional.empty());
        try {
            sending.carry(channel, letter);
            tested(actor, name, Outcome.SUCCESS);
        } catch (Undelivered undelivered) {
            tested(actor, name, Outcome.FAILURE);
            throw NotificationRefusal.NOT_DELIVERED.because(
                    "the channel " + name + " did not deliver: " + undelivered.message());
        }
    }

    private void tested(Actor actor, String channel, Outcome outcome) {
        database.run(
                actor,
                tx -> audit.record(
                        tx, Event.of(NotificationEvent.TESTED).outcome(outcome).data("channel", channel)));
    }

    private static Channel channel(Rx rx, String name) {
        return Channel.named(rx, name)
                .orElseThrow(() -> NotificationRefusal.NO_CHANNEL.because(
                        Text.quoted(name) + ": no such NotificationChannel", "sallyport notification-channels list"));
    }

    /** What approvers see of what still waits in a request, or of all of it when nothing does. */
    public static List<Fact> facts(Rx rx, Request request) {
        List<Item> waiting = request.items().stream()
                .filter(item -> item.state() == ItemState.PENDING)
                .toList();
        return (waiting.isEmpty() ? request.items() : waiting)
                .stream()
                        .flatMap(item -> Newsroom.facts(rx, request, item).stream())
                        .distinct()
                        .toList();
    }

    /** What operators watch: how much waits and how much was given up, and how late it is. */
    public record Health(long waiting, long dead, Duration oldest, Duration behind) {
        public static Health of(Rx rx) {
            Instant oldest = rx.one(
                            "select coalesce(min(created_at), ?) as oldest from notification where state = 'waiting'",
                            row -> dev.sallyport.database.Rows.instant(row, "oldest"),
                            rx.now())
                    .orElseThrow();
            return new Health(
                    rx.count("select count(*) from notification where state = 'waiting'"),
                    rx.count("select count(*) from notification where state = 'dead'"),
                    Duration.between(oldest, rx.now()),
                    Reading.lag(rx).orElse(Duration.ZERO));
        }
    }
}
