package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sign-in through a provider. The identity is (issuer, subject) and nothing else: neither a name nor an e-mail address
 * leads to an existing person. What the provider says of groups and attributes replaces what it said before, in the
 * transaction of the sign-in. Every attempt leaves an event.
 */
public final class ProviderSignIn {
    /** Added to what the provider says, as we saw none of it ourselves. */
    public static final String FEDERATED = "fed";

    private final Database database;
    private final Audit audit;
    private final Provisioning provisioning;
    private final ProviderFacts facts;

    public ProviderSignIn(Database database, Audit audit, People people, FactsWatch watch) {
        this.database = database;
        this.audit = audit;
        this.provisioning = new Provisioning(people);
        this.facts = new ProviderFacts(audit, people, watch);
    }

    private record Known(PersonId person, IdentityId identity, String name) {}

    /**
     * Signs in who the assertion is about.
     *
     * @throws Refusal {@code sign-in.not-linked} or {@code person.blocked}
     */
    public Login signIn(Assertion said, ProviderTerms terms, String address) {
        try {
            Known known = database.read(rx -> find(rx, said)).orElseGet(() -> provision(said, terms, address));
            var actor = new Actor(known.person.value(), known.identity.value(), known.name, address, null);
            return database.change(actor, tx -> accept(tx, known, said, terms));
        } catch (Refusal refusal) {
            if (refusal.kind() == Refusal.Kind.FORBIDDEN) {
                refused(said.provider(), said.issuer(), Optional.of(said.subject()), refusal.code(), address);
            }
            throw refusal;
        }
    }

    /** Records an attempt that ended before it was known who it is. */
    public void refused(String provider, String issuer, Optional<String> subject, String reason, String address) {
        database.run(
                Actor.unknown(address),
                tx -> audit.record(
                        tx,
                        Event.of(IdentityEvent.SIGN_IN_REFUSED)
                                .outcome(Outcome.REFUSED)
                                .data("provider", provider)
                                .data("issuer", issuer)
                                .data("reason", reason)
                                .personal(
                                        "subject", subject.map(Text::printable).orElse(null))));
    }

    private static Optional<Known> find(Rx rx, Assertion said) {
        return rx.one(
                """
                select i.id, i.person_id, p.name from identity i join person p on p.id = i.person_id
                 where i.issuer = ? and i.subject = ?
                """,
                row -> new Known(
                        new PersonId(row.getString("person_id")),
                        new IdentityId(row.getString("id")),
                        row.getString("name")),
                said.issuer(),
                said.subject());
    }

    private Known provision(Assertion said, ProviderTerms terms, String address) {
        if (!terms.provision()) {
            throw IdentityRefusal.NOT_LINKED.because(
                    "nobody here has the login " + Text.quoted(said.subject()) + " of " + Text.quoted(said.issuer()),
                    "ask an administrator to link this issuer and subject to you");
        }
        return database.change(new Actor(null, null, "provider/" + said.provider(), address, null), tx -> {
            // two first sign-ins at the same instant make one person
            tx.list(
                    "select pg_advisory_xact_lock(hashtextextended(?, 0))",
                    _ -> true,
                    said.issuer() + " " + said.subject());
            Optional<Known> found = find(tx, said);
            return found.isPresent() ? found.get() : made(tx, said);
        });
    }

    private Known made(Tx tx, Assertion said) {
        PersonId person = provisioning.make(tx, said);
        return find(tx, said)
                .orElseThrow(() -> new IllegalStateException("the new person " + person + " has no login"));
    }

    private Login accept(Tx tx, Known known, Assertion said, ProviderTerms terms) {
        if (!Directory.person(tx, known.person).map(Person::isActive).orElse(false)) {
            throw blocked();
        }
        facts.replace(tx, known.person, said, terms);
        // looks again, under the lock that a quarantine takes as well
        long epoch = tx.one(
                        "select epoch from person where id = ? and state = 'active' and quarantined_at is null for share",
                        row -> row.getLong(1),
                        known.person)
                .orElseThrow(ProviderSignIn::blocked);
        // moved to somebody else, or taken away, while we waited
        if (!tx.exists("select 1 from identity where id = ? and person_id = ?", known.identity, known.person)) {
            throw blocked();
        }
        List<String> amr = new ArrayList<>(said.amr());
        amr.remove(FEDERATED);
        amr.add(FEDERATED);
        Instant authTime =
                said.authTime().filter(time -> time.isBefore(tx.now())).orElse(tx.now());
        audit.record(
                tx,
                Event.of(IdentityEvent.SIGNED_IN)
                        .data("provider", said.provider())
                        .data("issuer", said.issuer())
                        .data("amr", List.copyOf(amr))
                        .data("acr", said.acr().orElse(null))
                        .data("auth_time", authTime.toString()));
        return new Login(known.person, known.name, known.identity, epoch, amr, authTime, said.acr());
    }

    private static Refusal blocked() {
        return IdentityRefusal.PERSON_BLOCKED.because("this person may not sign in", "ask an administrator why");
    }

    /** Makes persons of those who come for the first time, where the provider may. */
    private record Provisioning(People people) {
        private static final int MOST_NAMESAKES = 1_000;
        private static final int LONGEST_DISPLAY = 120;
        private static final int LONGEST_EMAIL = 254;

        PersonId make(Tx tx, Assertion said) {
            String name = free(tx, FreshName.of(said.name().orElse("")));
            PersonId person = people.create(
                    tx,
                    new NewPerson(
                            name,
                            said.displayName()
                                    .flatMap(text -> FreshName.line(text, 1, LONGEST_DISPLAY))
                                    .orElse(name),
                            said.email().flatMap(text -> FreshName.line(text, 3, LONGEST_EMAIL)),
                            Map.of(),
                            said.source()));
            people.linkIdentity(tx, person, said.issuer(), said.subject());
            return person;
        }

        /** The name, or with a number when somebody has it: nobody is ever taken over. */
        private static String free(Tx tx, String name) {
            for (int i = 1; i < MOST_NAMESAKES; i++) {
                String candidate = FreshName.numbered(name, i);
                if (!tx.exists("select 1 from person where name = ?", candidate)) {
                    return candidate;
                }
            }
            throw IdentityRefusal.PERSON_EXISTS.because(
                    "too many persons are called " + name, "ask an administrator to link your login to you");
        }
    }
}
