package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The first run: while there is no person, a link that works once, for an hour, makes the first administrator. It is shown
 * to whoever started the server; the database knows only its hash.
 */
public final class SetUp {
    public static final Duration LINK_LIFE = Duration.ofHours(1);

    /** The group of those who may ask for administration. */
    public static final String ADMINISTRATORS = "administrators";

    public static final String MANAGED_BY = "set-up";

    private final Database database;
    private final Audit audit;
    private final People people;
    private final FirstRun firstRun;

    /** What the rest of the product prepares for the first administrator, in the same transaction. */
    @FunctionalInterface
    public interface FirstRun {
        /** Makes what members of the group may ask for. */
        void prepare(Tx tx, String group);
    }

    public SetUp(Database database, Audit audit, People people, FirstRun firstRun) {
        this.database = database;
        this.audit = audit;
        this.people = people;
        this.firstRun = firstRun;
    }

    public boolean isNeeded() {
        return database.read(SetUp::isNeeded);
    }

    /** A new link's token if there is no person yet; links given out before stay good until their hour is over. */
    public Optional<Secret> newLink() {
        Secret token = Ticket.next();
        return database.change(Actor.system("set-up"), tx -> {
            if (!isNeeded(tx)) {
                return Optional.empty();
            }
            tx.update(
                    "insert into setup_link (token_hash, expires_at) values (?, ?)",
                    Ticket.hash(token),
                    tx.now().plus(LINK_LIFE));
            audit.record(tx, Event.of(IdentityEvent.SETUP_LINK_MADE));
            return Optional.of(token);
        });
    }

    /**
     * Makes the first administrator, once.
     *
     * @throws dev.sallyport.base.Refusal {@code setup.link-invalid}, {@code setup.already-done} or what is wrong with the values
     */
    public PersonId complete(Secret token, String name, String displayName, Secret password, String address) {
        Passwords.check(password);
        database.read(rx -> {
            check(rx, token); // strangers are turned away before anything is hashed for them
            return true;
        });
        PasswordHash hash = people.hash(password);
        return database.change(Actor.unknown(address), tx -> {
            // one at a time: the second finds a person
            tx.list("select pg_advisory_xact_lock(hashtext('sallyport set-up'))", _ -> true);
            check(tx, token);
            tx.update("update setup_link set used_at = ? where token_hash = ?", tx.now(), Ticket.hash(token));
            PersonId person = people.create(tx, name, displayName, null, Map.of(), MANAGED_BY);
            people.setPassword(tx, person, hash);
            people.createGroup(tx, ADMINISTRATORS, "May ask for administration", MANAGED_BY);
            people.addMember(tx, ADMINISTRATORS, person, MANAGED_BY);
            firstRun.prepare(tx, ADMINISTRATORS);
            audit.record(
                    tx,
                    Event.of(IdentityEvent.SETUP_DONE)
                            .data("person", person.value())
                            .data("first_run", true)
                            .data("note", "the first administrator needed nobody's approval"));
            return person;
        });
    }

    private static void check(Rx rx, Secret token) {
        if (!isNeeded(rx)) {
            throw IdentityRefusal.SETUP_DONE.because("set-up is done already", "sign in instead");
        }
        if (!rx.exists(
                "select 1 from setup_link where token_hash = ? and used_at is null and expires_at > ?",
                Ticket.hash(token),
                rx.now())) {
            throw IdentityRefusal.SETUP_LINK.because(
                    "this set-up link is unknown, used or older than " + LINK_LIFE.toHours() + " h",
                    "restart the server: it prints a new one");
        }
    }

    private static boolean isNeeded(Rx rx) {
        return !rx.exists("select 1 from person limit 1");
    }
}
