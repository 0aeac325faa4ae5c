package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Text;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The logins of persons: looked up, linked, moved from the second person of one human to the first, and taken away. Callers
 * have checked the right to do so and pass all that they hold, for nobody may so become somebody who administers more.
 */
public final class Identities {
    private static final Order.Of LIST = Order.Of.byAge("identity", "i");

    private static final int LONGEST_REASON = 1_000;
    private static final String IDENTITY = """
            select i.id, i.person_id, p.name, i.issuer, i.subject, i.created_at
              from identity i join person p on p.id = i.person_id
            """;

    private final Audit audit;
    private final People people;
    private final Sessions sessions;
    private final FactsWatch watch;
    private final IssuerSources sources;
    private final Administration administration;

    public Identities(
            Audit audit,
            People people,
            Sessions sessions,
            FactsWatch watch,
            IssuerSources sources,
            Administration administration) {
        this.audit = audit;
        this.people = people;
        this.sessions = sessions;
        this.watch = watch;
        this.sources = sources;
        this.administration = administration;
    }

    /** Of one person or issuer if they are named. */
    public static List<Identity> list(Rx rx, Optional<String> person, Optional<String> issuer, Slice slice) {
        return rx.list(
                IDENTITY + """
                         where (?::text is null or p.name = ?) and (?::text is null or i.issuer = ?)
                           and\s""" + slice.condition(LIST) + " order by "
                        + slice.order().by(LIST) + " limit ?",
                Identities::identity,
                person.orElse(null),
                person.orElse(null),
                issuer.orElse(null),
                issuer.orElse(null),
                slice.from(),
                slice.from(),
                slice.limit());
    }

    public static Identity require(Rx rx, IdentityId id) {
        return rx.one(IDENTITY + " where i.id = ?", Identities::identity, id)
                .orElseThrow(() -> IdentityRefusal.IDENTITY_UNKNOWN.because("there is no login " + id));
    }

    /**
     * Lets the person sign in as this subject of this issuer; a login that is theirs already stays.
     *
     * @throws dev.sallyport.base.Refusal {@code identity.taken}, {@code identity.unknown-issuer} or {@code
     *     person.administers-more}
     */
    public Identity link(Tx tx, Set<String> held, String person, String issuer, String subject, String reason) {
        String why = Text.line("reason", reason, 1, LONGEST_REASON);
        Person to = People.require(tx, person);
        administration.cover(tx, held, to);
        if (!issuer.equals(SignIn.LOCAL_ISSUER) && sources.providers(tx, issuer).isEmpty()) {
            throw IdentityRefusal.ISSUER_UNKNOWN.because(
                    "issuer: " + Text.quoted(issuer)
                            + " (expected: the issuer of a provider of this server, letter by letter)",
                    "sallyport identities list shows issuers; apply the OidcProvider first");
        }
        Optional<Identity> taken =
                of(tx, issuer, subject).filter(found -> !found.person().equals(to.id()));
        if (taken.isPresent()) {
            String holder = taken.get().personName();
            throw IdentityRefusal.IDENTITY_TAKEN.because(
                    "subject " + Text.quoted(subject) + " of " + Text.quoted(issuer) + " is a login of " + holder,
                    "if both are one human: sallyport identities move "
                            + taken.get().id() + " --from " + holder + " --to " + to.name()
                            + " --reason …, which disables " + holder);
        }
        return require(tx, people.linkIdentity(tx, to.id(), issuer, subject, why));
    }

    /**
     * Says that two persons are one human: this login of the second becomes a login of the first, and the second is
     * disabled, so that their grants, sessions and tokens end in this transaction. What the provider said of the second is
     * forgotten; it says it of the first at their next sign-in.
     *
     * @throws dev.sallyport.base.Refusal {@code identity.other-person}, {@code identity.same-person}, {@code
     *     identity.local}, {@code identity.quarantined}, {@code person.blocked}, {@code person.administers-more} or {@code
     *     identity.administrator}
     */
    public Identity move(Tx tx, Set<String> held, IdentityId id, String from, String to, String reason) {
        String why = Text.line("reason", reason, 1, LONGEST_REASON);
        Identity login = require(tx, id);
        watch.during(tx, login.person(), () -> {
            Person first = People.require(tx, to);
            Person second = People.require(tx, from);
            lock(tx, List.of(first.id(), second.id()));
            checkMove(tx, held, still(tx, login), first, second);
            tx.update("update identity set person_id = ? where id = ?", first.id(), id);
            audit.record(
                    tx,
                    Event.of(IdentityEvent.IDENTITY_MOVED)
                            .data("person", first.id().value())
                            .data("from", second.id().value())
                            .data("identity", id.value())
                            .data("issuer", login.issuer())
                            .personal("subject", login.subject())
                            .personal("reason", why));
            forget(tx, login);
            if (!second.disabled() && !administration.reach(tx, second.id()).isEmpty()) {
                throw IdentityRefusal.ADMINISTRATOR.because(
                        second.name() + " holds, or may ask for, administration that did not come with this login",
                        "first end those grants, and take " + second.name()
                                + " out of the groups and eligibilities that give it");
            }
            people.disable(tx, second.id(), "the same human as " + first.name() + ": " + why);
        });
        return require(tx, id);
    }

    /**
     * Takes a login away: nobody gets in through it any more, and what came in through it ends. With the login of this
     * server goes the password.
     *
     * @throws dev.sallyport.base.Refusal {@code identity.unknown}, {@code identity.quarantined}, {@code
     *     person.administers-more}, or {@code identity.administrator} for the last login of who could administer
     */
    public int unlink(Tx tx, Set<String> held, IdentityId id, String reason) {
        String why = Text.line("reason", reason, 1, LONGEST_REASON);
        Identity login = require(tx, id);
        var ended = new int[1];
        watch.during(tx, login.person(), () -> {
            lock(tx, List.of(login.person()));
            Identity found = still(tx, login);
            Person person = People.require(tx, found.person());
            checkUnlink(tx, held, person);
            tx.update("delete from identity where id = ?", id);
            if (found.isLocal()) {
                tx.update("delete from password where person_id = ?", person.id());
            }
            audit.record(
                    tx,
                    Event.of(IdentityEvent.IDENTITY_UNLINKED)
                            .data("person", person.id().value())
                            .data("identity", id.value())
                            .data("issuer", found.issuer())
                            .personal("subject", found.subject())
                            .personal("reason", why));
            forget(tx, found);
            ended[0] = sessions.endThrough(tx, id, EndReason.IDENTITY_UNLINKED);
        });
        return ended[0];
    }

    private void checkMove(Tx tx, Set<String> held, Identity login, Person first, Person second) {
        if (!login.person().equals(second.id())) {
            throw IdentityRefusal.IDENTITY_OTHERS.because(
                    login.id() + " is a login of " + login.personName() + " (expected: of " + second.name() + ")");
        }
        if (first.id().equals(second.id())) {
            throw IdentityRefusal.SAME_PERSON.because(
                    "from, to: both are " + first.name() + " (expected: two persons)");
        }
        if (login.isLocal()) {
            throw IdentityRefusal.IDENTITY_LOCAL.because(
                    login.id() + " is name and password of " + second.name() + ", which are nobody else's",
                    "unlink it, or disable the person");
        }
        refuseQuarantined(first);
        refuseQuarantined(second);
        if (!first.isActive()) {
            throw IdentityRefusal.PERSON_BLOCKED.because(
                    first.name() + " is disabled, so the login would lead nowhere", "enable the person first");
        }
        administration.cover(tx, held, first);
        administration.cover(tx, held, second);
    }

    private void checkUnlink(Tx tx, Set<String> held, Person person) {
        refuseQuarantined(person);
        administration.cover(tx, held, person);
        boolean last = tx.count("select count(*) from identity where person_id = ?", person.id()) == 1;
        if (last && person.isActive() && !administration.reach(tx, person.id()).isEmpty()) {
            throw IdentityRefusal.ADMINISTRATOR.because(
                    "this is the last login of " + person.name() + ", who holds, or may ask for, administration",
                    "link another login first; or take " + person.name()
                            + " out of the groups and eligibilities that give it, or disable the person");
        }
    }

    /** The login under the lock; refused when somebody moved it meanwhile. */
    private static Identity still(Tx tx, Identity login) {
        Identity now = require(tx, login.id());
        if (!now.person().equals(login.person())) {
            throw IdentityRefusal.IDENTITY_OTHERS.because(
                    login.id() + " has just become a login of " + now.personName(), "look again");
        }
        return now;
    }

    /** Otherwise a frozen human would come back in as somebody else. */
    private static void refuseQuarantined(Person person) {
        if (person.quarantinedAt().isPresent()) {
            throw IdentityRefusal.IDENTITY_FROZEN.because(
                    person.name() + " is in quarantine, and so are their logins",
                    "sallyport unquarantine " + person.name() + " first");
        }
    }

    /** What the issuer's providers said of who has no login of it any more. */
    private void forget(Tx tx, Identity login) {
        if (!tx.exists(
                "select 1 from identity where person_id = ? and issuer = ? limit 1", login.person(), login.issuer())) {
            sources.providers(tx, login.issuer())
                    .forEach(provider -> people.forget(tx, login.person(), Assertion.source(provider)));
        }
    }

    /** In the order of their ids, as everybody does. */
    private static void lock(Tx tx, List<PersonId> persons) {
        tx.list(
                "select id from person where id = any(?::text[]) order by id for update",
                _ -> true,
                persons.stream().map(PersonId::value).toList());
    }

    private static Optional<Identity> of(Rx rx, String issuer, String subject) {
        return rx.one(IDENTITY + " where i.issuer = ? and i.subject = ?", Identities::identity, issuer, subject);
    }

    private static Identity identity(ResultSet row) throws SQLException {
        return new Identity(
                new IdentityId(row.getString("id")),
                new PersonId(row.getString("person_id")),
                row.getString("name"),
                row.getString("issuer"),
                row.getString("subject"),
                Rows.instant(row, "created_at"));
    }
}
