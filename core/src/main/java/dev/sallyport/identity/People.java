package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.IdentityId;
import dev.sallyport.base.Ids;
import dev.sallyport.base.Names;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.database.Database;
import dev.sallyport.database.Json;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes persons, their passwords and their groups; every change leaves its event in the same transaction. */
public final class People {
    private static final int LONGEST_DESCRIPTION = 500;
    private static final int LONGEST_ISSUER = 500;
    private static final int LONGEST_SUBJECT = 255;

    private final Audit audit;
    private final Passwords passwords;
    private final Sessions sessions;
    private final Quarantine quarantine;

    public People(Audit audit, Passwords passwords, Sessions sessions, Quarantine quarantine) {
        this.audit = audit;
        this.passwords = passwords;
        this.sessions = sessions;
        this.quarantine = quarantine;
    }

    /** The person of this id. */
    public static Person require(Rx rx, PersonId id) {
        return Directory.person(rx, id)
                .orElseThrow(() -> IdentityRefusal.PERSON_UNKNOWN.because("there is no person " + id));
    }

    /** The person of this name. */
    public static Person require(Rx rx, String name) {
        return Directory.person(rx, name)
                .orElseThrow(() -> IdentityRefusal.PERSON_UNKNOWN.because("there is no person " + Text.quoted(name)));
    }

    /** Makes a person; without a password or a login elsewhere they cannot sign in yet. */
    public PersonId create(
            Tx tx,
            String name,
            String displayName,
            @Nullable String email,
            Map<String, String> attributes,
            String managedBy) {
        return create(tx, new NewPerson(name, displayName, Optional.ofNullable(email), attributes, managedBy));
    }

    public PersonId create(Tx tx, NewPerson person) {
        PersonId id = PersonId.next();
        int made = tx.update(
                """
                insert into person (id, name, display_name, email, attributes, managed_by, created_at)
                values (?, ?, ?, ?, ?::jsonb, ?, ?) on conflict (name) do nothing
                """,
                id,
                person.name(),
                person.displayName(),
                person.email().orElse(null),
                Json.text(person.attributes()),
                person.managedBy(),
                tx.now());
        if (made == 0) {
            throw IdentityRefusal.PERSON_EXISTS.because("there is a person " + person.name() + " already");
        }
        event(
                tx,
                IdentityEvent.PERSON_CREATED,
                id,
                e -> e.data("managed_by", person.managedBy())
                        .personal("name", person.name())
                        .personal("display_name", person.displayName())
                        .personal("email", person.email().orElse(null)));
        return id;
    }

    /** Changes what is said of the person; the name stays what it is. */
    public void update(
            Tx tx,
            PersonId id,
            String displayName,
            @Nullable String email,
            Map<String, String> attributes,
            String managedBy) {
        var next =
                new NewPerson(require(tx, id).name(), displayName, Optional.ofNullable(email), attributes, managedBy);
        tx.update("""
                update person set display_name = ?, email = ?, attributes = ?::jsonb, managed_by = ?, version = version + 1
                 where id = ?
                """, next.displayName(), next.email().orElse(null), Json.text(next.attributes()), managedBy, id);
        event(
                tx,
                IdentityEvent.PERSON_UPDATED,
                id,
                e -> e.data("managed_by", managedBy)
                        .personal("display_name", next.displayName())
                        .personal("email", next.email().orElse(null)));
    }

    /** Disables the person: sessions, tokens and what was handed out end at once. Nothing happens to one who is. */
    public void disable(Tx tx, PersonId id, String reason) {
        if (tx.update(
                        "update person set state = 'disabled', version = version + 1 where id = ? and state = 'active'",
                        id)
                == 1) {
            event(tx, IdentityEvent.PERSON_DISABLED, id, e -> e.personal("reason", reason));
            quarantine.cut(tx, id, EndReason.DISABLED, reason);
        }
    }

    public void enable(Tx tx, PersonId id, String reason) {
        if (tx.update(
                        "update person set state = 'active', version = version + 1 where id = ? and state = 'disabled'",
                        id)
                == 1) {
            event(tx, IdentityEvent.PERSON_ENABLED, id, e -> e.personal("reason", reason));
        }
    }

    /**
     * Removes a person who never asked for anything; whoever did stays on record and can be disabled.
     *
     * @throws dev.sallyport.base.Refusal {@code person.in-use}
     */
    public void delete(Tx tx, PersonId id, String reason) {
        Person person = require(tx, id);
        if (tx.exists("""
                select 1 from request where requester_id = ? union all select 1 from approval where approver_id = ?
                union all select 1 from access_grant where person_id = ? union all
                select 1 from sign_in_session where person_id = ? limit 1
                """, id, id, id, id)) {
            throw IdentityRefusal.PERSON_IN_USE.because(
                    person.name() + " has a history and stays on record", "disable the person instead");
        }
        quarantine.cut(tx, id, EndReason.DISABLED, reason);
        tx.update("delete from person where id = ?", id);
        event(
                tx,
                IdentityEvent.PERSON_DELETED,
                id,
                e -> e.personal("name", person.name()).personal("reason", reason));
    }

    /**
     * Hashes a new password, which takes its time and maybe a wait: before the change that sets it, so that no connection is
     * held meanwhile.
     *
     * @throws dev.sallyport.base.Refusal {@code password.invalid} or {@code sign-in.busy}
     */
    public PasswordHash hash(Secret password) {
        return new PasswordHash(passwords.hash(Passwords.check(password)));
    }

    /** Gives the person a password, and the login that goes with it; their sessions end. */
    public void setPassword(Tx tx, PersonId id, PasswordHash hash) {
        ensureLocalLogin(tx, id);
        store(tx, id, hash.phc());
        Enrolment.afterLink(tx, id);
        event(tx, IdentityEvent.PASSWORD_CHANGED, id, e -> e.data("by", "administration"));
        sessions.endAll(tx, id, EndReason.PASSWORD_CHANGED, null);
    }

    /** Sets the password of who lost theirs; the old one and all sessions end. */
    void resetPassword(Tx tx, PersonId id, PasswordHash hash) {
        ensureLocalLogin(tx, id);
        store(tx, id, hash.phc());
        Enrolment.afterLink(tx, id);
        endAfterReset(tx, id, "password");
    }

    /** Makes ready for a passkey in place of the password, which ends like all sessions; says through which login. */
    IdentityId replacePassword(Tx tx, PersonId id) {
        ensureLocalLogin(tx, id);
        tx.update("delete from password where person_id = ?", id);
        endAfterReset(tx, id, "passkey");
        return localLogin(tx, id).orElseThrow();
    }

    /** The login with which passwords and passkeys of this server go. */
    static Optional<IdentityId> localLogin(Rx rx, PersonId id) {
        return rx.one(
                "select id from identity where issuer = ? and subject = ? and person_id = ?",
                row -> new IdentityId(row.getString(1)),
                SignIn.LOCAL_ISSUER,
                id,
                id);
    }

    private void endAfterReset(Tx tx, PersonId id, String by) {
        Sessions.outdate(tx, id);
        event(tx, IdentityEvent.PASSWORD_RESET, id, e -> e.data("by", by));
        sessions.endAll(tx, id, EndReason.PASSWORD_CHANGED, null);
    }

    /**
     * Gives a password to a person who has none, which takes over nobody: who has one changes it themselves.
     *
     * @throws dev.sallyport.base.Refusal {@code password.exists} or {@code password.invalid}
     */
    public void setFirstPassword(Tx tx, PersonId id, Secret password) {
        String hash = passwords.hash(Passwords.check(password));
        if (tx.exists("select 1 from identity where person_id = ? limit 1", id)) {
            throw IdentityRefusal.PASSWORD_EXISTS.because(
                    "this person can sign in already; a password set by somebody else would take them over");
        }
        int made = tx.update(
                "insert into password (person_id, hash, changed_at) values (?, ?, ?) on conflict (person_id) do nothing",
                id,
                hash,
                tx.now());
        if (made == 0) {
            throw IdentityRefusal.PASSWORD_EXISTS.because(
                    "this person has a password already", "they change it themselves: sallyport password");
        }
        ensureLocalLogin(tx, id);
        event(tx, IdentityEvent.PASSWORD_CHANGED, id, e -> e.data("by", "administration"));
    }

    /**
     * Changes one's own password; all other sessions end.
     *
     * @throws dev.sallyport.base.Refusal {@code password.wrong-current} or {@code password.invalid}
     */
    public void changeOwnPassword(
            Database database, dev.sallyport.database.Actor actor, PersonId id, Secret current, Secret next) {
        Optional<String> stored = database.read(
                rx -> rx.one("select hash from password where person_id = ?", row -> row.getString(1), id));
        if (stored.isEmpty()) {
            throw IdentityRefusal.NO_PASSWORD.because("this login has no password here");
        }
        if (!passwords.verify(current, stored)) {
            database.run(
                    actor,
                    tx -> audit.record(
                            tx,
                            Event.of(IdentityEvent.PASSWORD_CHANGED)
                                    .outcome(dev.sallyport.audit.Outcome.REFUSED)
                                    .data("person", id.value())));
            throw IdentityRefusal.PASSWORD_CURRENT.because("the current password is wrong");
        }
        String hash = passwords.hash(Passwords.check(next));
        database.run(actor, tx -> {
            if (tx.update(
                            "update password set hash = ?, changed_at = ? where person_id = ? and hash = ?",
                            hash,
                            tx.now(),
                            id,
                            stored.get())
                    == 0) {
                throw IdentityRefusal.PASSWORD_CURRENT.because("the current password is wrong");
            }
            event(tx, IdentityEvent.PASSWORD_CHANGED, id, e -> e.data("by", "self"));
            sessions.endAll(tx, id, EndReason.PASSWORD_CHANGED, actor.session());
        });
    }

    /**
     * Lets the person sign in as this subject of this issuer; a login that is theirs already stays.
     *
     * @throws dev.sallyport.base.Refusal {@code identity.taken} when it is somebody else's
     */
    public IdentityId linkIdentity(Tx tx, PersonId person, String issuer, String subject) {
        return linkIdentity(tx, person, issuer, subject, null);
    }

    /** As {@link #linkIdentity(Tx, PersonId, String, String)}, with the reason that an administrator typed. */
    IdentityId linkIdentity(Tx tx, PersonId person, String issuer, String subject, @Nullable String reason) {
        require(tx, person);
        String from = Text.line("issuer", issuer, 1, LONGEST_ISSUER);
        String who = Text.line("subject", subject, 1, LONGEST_SUBJECT);
        if (from.equals(SignIn.LOCAL_ISSUER)) {
            throw IdentityRefusal.IDENTITY_TAKEN.because(
                    "issuer: \"local\" is this server's own (expected: a provider's)", "set a password instead");
        }
        var made = IdentityId.next();
        if (tx.update("""
                        insert into identity (id, person_id, issuer, subject, created_at) values (?, ?, ?, ?, ?)
                        on conflict (issuer, subject) do nothing
                        """, made, person, from, who, tx.now()) == 1) {
            event(
                    tx,
                    IdentityEvent.IDENTITY_LINKED,
                    person,
                    e -> e.data("identity", made.value())
                            .data("issuer", from)
                            .personal("subject", who)
                            .personal("reason", reason));
            return made;
        }
        return tx.one(
                        "select id from identity where issuer = ? and subject = ? and person_id = ?",
                        row -> new IdentityId(row.getString(1)),
                        from,
                        who,
                        person)
                .orElseThrow(() -> IdentityRefusal.IDENTITY_TAKEN.because(
                        "subject " + Text.quoted(who) + " of " + Text.quoted(from) + " is somebody else's login"));
    }

    /** Makes an empty group and returns its id. */
    public String createGroup(Tx tx, String name, String description, String managedBy) {
        Names.check("name", name);
        String id = Ids.next("grp_");
        int made = tx.update(
                """
                insert into person_group (id, name, description, managed_by, created_at) values (?, ?, ?, ?, ?)
                on conflict (name) do nothing
                """, id, name, Text.line("description", description, 0, LONGEST_DESCRIPTION), managedBy, tx.now());
        if (made == 0) {
            throw IdentityRefusal.GROUP_EXISTS.because("there is a group " + name + " already");
        }
        audit.record(
                tx, Event.of(IdentityEvent.GROUP_CREATED).data("group", name).data("managed_by", managedBy));
        return id;
    }

    public void updateGroup(Tx tx, String name, String description, String managedBy) {
        tx.update(
                "update person_group set description = ?, managed_by = ?, version = version + 1 where id = ?",
                Text.line("description", description, 0, LONGEST_DESCRIPTION),
                managedBy,
                groupId(tx, name));
        audit.record(
                tx, Event.of(IdentityEvent.GROUP_UPDATED).data("group", name).data("managed_by", managedBy));
    }

    public void deleteGroup(Tx tx, String name) {
        tx.update("delete from person_group where id = ?", groupId(tx, name));
        audit.record(tx, Event.of(IdentityEvent.GROUP_DELETED).data("group", name));
    }

    /** Says, for one source, that the person is in the group; says whether that is new. */
    public boolean addMember(Tx tx, String group, PersonId person, String source) {
        boolean added = tx.update(
                        "insert into group_member (group_id, person_id, source) values (?, ?, ?) on conflict do nothing",
                        groupId(tx, group),
                        person,
                        source)
                == 1;
        if (added) {
            member(tx, IdentityEvent.MEMBER_ADDED, group, person, source);
        }
        return added;
    }

    /** Takes back what one source said; the membership lasts while another says so. */
    public boolean removeMember(Tx tx, String group, PersonId person, String source) {
        boolean removed = tx.update(
                        "delete from group_member where group_id = ? and person_id = ? and source = ?",
                        groupId(tx, group),
                        person,
                        source)
                == 1;
        if (removed) {
            member(tx, IdentityEvent.MEMBER_REMOVED, group, person, source);
        }
        return removed;
    }

    /** Forgets what a provider that is gone said of people; what rested on it ends. */
    public void forgetProvider(Tx tx, String provider, FactsWatch watch) {
        String source = Assertion.source(provider);
        tx.list("""
                        select person_id from group_member where source = ?
                        union select person_id from person_attribute where source = ?
                        """, row -> new PersonId(row.getString(1)), source, source)
                .forEach(person -> watch.during(tx, person, () -> forget(tx, person, source)));
    }

    /** Takes back all that one source said of the person. */
    void forget(Tx tx, PersonId person, String source) {
        tx.list("""
                        select g.name from group_member m join person_group g on g.id = m.group_id
                         where m.person_id = ? and m.source = ? order by g.name
                        """, row -> row.getString(1), person, source).forEach(group -> removeMember(tx, group, person, source));
        if (tx.update("delete from person_attribute where person_id = ? and source = ?", person, source) > 0) {
            event(
                    tx,
                    IdentityEvent.ATTRIBUTES_CHANGED,
                    person,
                    e -> e.data("source", source).data("names", java.util.List.of()));
        }
    }

    private void member(Tx tx, IdentityEvent type, String group, PersonId person, String source) {
        event(tx, type, person, e -> e.data("group", group).data("source", source));
    }

    private static String groupId(Tx tx, String name) {
        return tx.one("select id from person_group where name = ?", row -> row.getString(1), name)
                .orElseThrow(() -> IdentityRefusal.GROUP_UNKNOWN.because("there is no group " + Text.quoted(name)));
    }

    private void ensureLocalLogin(Tx tx, PersonId person) {
        var identity = IdentityId.next();
        int made = tx.update("""
                insert into identity (id, person_id, issuer, subject, created_at) values (?, ?, ?, ?, ?)
                on conflict (issuer, subject) do nothing
                """, identity, person, SignIn.LOCAL_ISSUER, person, tx.now());
        if (made == 1) {
            event(
                    tx,
                    IdentityEvent.IDENTITY_LINKED,
                    person,
                    e -> e.data("identity", identity.value()).data("issuer", SignIn.LOCAL_ISSUER));
        }
    }

    private static void store(Tx tx, PersonId person, String hash) {
        tx.update("""
                insert into password (person_id, hash, changed_at) values (?, ?, ?)
                on conflict (person_id) do update set hash = excluded.hash, changed_at = excluded.changed_at
                """, person, hash, tx.now());
    }

    private void event(Tx tx, IdentityEvent type, PersonId person, java.util.function.Consumer<Event> more) {
        Event event = Event.of(type).data("person", person.value());
        more.accept(event);
        audit.record(tx, event);
    }
}
