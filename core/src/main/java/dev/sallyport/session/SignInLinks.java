package dev.sallyport.session;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.PersonId;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import java.net.URI;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Signing in for a terminal by a link. Whoever opens it and is signed in sees where the terminal stands and where it wants
 * to go, and gets a code to type back into it: a link alone can be sent to somebody else, a code that they must read out
 * cannot be used without them noticing. Links and codes are stored as hashes.
 */
public final class SignInLinks {
    /** How long a link waits for its code. */
    public static final Duration VALID = Duration.ofMinutes(2);

    /** How long a code that was typed holds for the connection it was typed in, such as while an approval is awaited. */
    static final Duration REDEEMED_VALID = Duration.ofHours(1);

    /** How long a key that was proved meanwhile needs no new link, from the same address. */
    public static final Duration KEY_VALID = Duration.ofMinutes(10);

    /** Wrong codes after which a link is dead. */
    static final int GUESSES = 5;

    /** Links that one address may have open. */
    static final int OPEN_MAX = 20;

    private static final String LINK_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int LINK_LENGTH = 26;
    private static final String CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ";
    private static final int CODE_LENGTH = 8;

    private final Database database;
    private final Audit audit;
    private final URI url;
    private final SecureRandom random = new SecureRandom();

    /** The address is the server's, under which the page {@code /ssh/LINK} is. */
    public SignInLinks(Database database, Audit audit, URI url) {
        this.database = database;
        this.audit = audit;
        this.url = url;
    }

    /** What the page shows. */
    public record Shown(
            String target,
            Optional<String> login,
            String clientAddress,
            String clientVersion,
            String gateway,
            Instant expiresAt) {}

    /** Who typed the right code, and the hash by which the link is remembered. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Redeemed(Person person, byte[] hash) {}

    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    private record Row(
            String target,
            Optional<String> login,
            String clientAddress,
            String clientVersion,
            String gateway,
            String gatewayName,
            Optional<PersonId> person,
            long epoch,
            byte[] code,
            int guesses,
            Instant expiresAt,
            Optional<Instant> redeemedAt,
            Optional<String> keyFingerprint,
            boolean spent) {
        static Row of(ResultSet row) throws SQLException {
            byte[] code = row.getBytes("code_hash");
            return new Row(
                    row.getString("target"),
                    Optional.ofNullable(row.getString("login")),
                    row.getString("client_address"),
                    row.getString("client_version"),
                    row.getString("gateway_id"),
                    row.getString("gateway_name"),
                    Optional.ofNullable(row.getString("person_id")).map(PersonId::new),
                    row.getLong("epoch"),
                    code == null ? new byte[0] : code,
                    row.getInt("guesses"),
                    Rows.instant(row, "expires_at"),
                    Optional.ofNullable(Rows.instantOrNull(row, "redeemed_at")),
                    Optional.ofNullable(row.getString("key_fingerprint")),
                    row.getString("session_id") != null);
        }

        boolean isOpen(Instant now) {
            return !spent
                    && guesses < GUESSES
                    && redeemedAt
                            .map(at -> now.isBefore(at.plus(REDEEMED_VALID)))
                            .orElse(now.isBefore(expiresAt));
        }
    }

    /** A new link for a terminal. */
    Answer offer(Tx tx, Gateway gateway, Destination destination, Optional<ProvenKey> key) {
        long open = tx.count(
                "select count(*) from sign_in_link where client_address = ? and expires_at > ? and redeemed_at is null",
                destination.clientAddress(),
                tx.now());
        if (open >= OPEN_MAX) {
            return new Answer.Denied(
                    "sign-in.too-many-links", "too many sign-ins wait from your address; try again in two minutes");
        }
        String link = word(LINK_ALPHABET, LINK_LENGTH);
        Instant expires = tx.now().plus(VALID);
        tx.update(
                """
                insert into sign_in_link (link_hash, gateway_id, target, login, client_address, client_version,
                                          key_fingerprint, created_at, expires_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                Digests.of(link),
                gateway.id(),
                destination.target(),
                destination.login().orElse(null),
                destination.clientAddress(),
                destination.clientVersion(),
                key.map(proven -> proven.key().fingerprint()).orElse(null),
                tx.now(),
                expires);
        return new Answer.SignIn(link, url.resolve("/ssh/" + link).toString(), expires);
    }

    /** What the page shows to somebody signed in. */
    public Shown show(String link) {
        return database.read(rx -> {
            Row row = row(rx, link, "").filter(found -> found.isOpen(rx.now())).orElseThrow(SignInLinks::unknown);
            return new Shown(
                    row.target(),
                    row.login(),
                    row.clientAddress(),
                    row.clientVersion(),
                    row.gatewayName(),
                    row.expiresAt());
        });
    }

    /**
     * The person says that the terminal is theirs.
     *
     * @return the code to type there; shown once
     */
    public String answer(Actor actor, PersonId person, String link) {
        String code = word(CODE_ALPHABET, CODE_LENGTH);
        database.run(actor, tx -> {
            Row row = row(tx, link, " for update of l")
                    .filter(found -> found.isOpen(tx.now()) && found.person().isEmpty())
                    .orElseThrow(SignInLinks::unknown);
            Person known = Directory.person(tx, person).filter(Person::isActive).orElseThrow(SignInLinks::unknown);
            tx.update(
                    "update sign_in_link set person_id = ?, epoch = ?, code_hash = ? where link_hash = ?",
                    person,
                    known.epoch(),
                    codeHash(link, code),
                    Digests.of(link));
            audit.record(
                    tx,
                    Event.of(SessionEvent.LINK_ANSWERED)
                            .target(row.target())
                            .data("gateway", row.gatewayName())
                            .personal("client_address", row.clientAddress()));
        });
        return code.substring(0, 4) + "-" + code.substring(4);
    }

    /**
     * Who answered the link, if the code is right and was typed where the link was shown. A key that was proved in the same
     * handshake needs no link for some minutes, from the same address.
     */
    Optional<Redeemed> redeem(
            Tx tx, Gateway gateway, Destination destination, Evidence.LinkAnswer answer, Optional<ProvenKey> key) {
        byte[] hash = Digests.of(answer.link());
        Optional<Row> found = row(tx, answer.link(), " for update of l")
                .filter(row -> row.isOpen(tx.now())
                        && row.gateway().equals(gateway.id())
                        && row.target().equals(destination.target())
                        && row.login().equals(destination.login())
                        && row.clientAddress().equals(destination.clientAddress()));
        if (found.isEmpty() || found.get().person().isEmpty()) {
            return Optional.empty();
        }
        Row row = found.get();
        String typed = answer.code().replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT);
        if (!MessageDigest.isEqual(row.code(), codeHash(answer.link(), typed))) {
            tx.update("update sign_in_link set guesses = guesses + 1 where link_hash = ?", hash);
            audit.record(
                    tx,
                    Event.of(SessionEvent.LINK_GUESSED)
                            .outcome(Outcome.REFUSED)
                            .target(row.target())
                            .data("gateway", gateway.name())
                            .data("guesses", row.guesses() + 1)
                            .personal("client_address", row.clientAddress()));
            return Optional.empty();
        }
        Optional<Person> person = row.person()
                .flatMap(id -> Directory.person(tx, id))
                .filter(known -> known.isActive() && known.epoch() == row.epoch());
        if (person.isPresent() && row.redeemedAt().isEmpty()) {
            tx.update("update sign_in_link set redeemed_at = ? where link_hash = ?", tx.now(), hash);
            key.filter(proven ->
                            row.keyFingerprint().equals(Optional.of(proven.key().fingerprint())))
                    .ifPresent(proven -> remember(tx, gateway, person.get(), destination, proven));
            audit.record(
                    tx,
                    Event.of(SessionEvent.LINK_REDEEMED)
                            .target(row.target())
                            .data("gateway", gateway.name())
                            .data("person", person.get().id().value())
                            .data(
                                    "key",
                                    key.map(proven -> proven.key().fingerprint())
                                            .orElse(null))
                            .personal("client_address", row.clientAddress()));
        }
        return person.map(known -> new Redeemed(known, hash));
    }

    /** Who proved this key to this gateway in the last minutes, from this address, when they signed in by a link. */
    static Optional<Person> remembered(Rx rx, Gateway gateway, ProvenKey key, Destination destination) {
        record Known(PersonId person, long epoch) {}
        return rx.one(
                        """
                        select person_id, epoch from proved_key
                         where fingerprint = ? and client_address = ? and gateway_id = ? and expires_at > ?
                        """,
                        row -> new Known(new PersonId(row.getString(1)), row.getLong(2)),
                        key.key().fingerprint(),
                        destination.clientAddress(),
                        gateway.id(),
                        rx.now())
                .flatMap(known -> Directory.person(rx, known.person())
                        .filter(person -> person.isActive() && person.epoch() == known.epoch()));
    }

    private static void remember(Tx tx, Gateway gateway, Person person, Destination destination, ProvenKey key) {
        tx.update(
                """
                insert into proved_key (fingerprint, client_address, gateway_id, person_id, epoch, expires_at)
                    values (?, ?, ?, ?, ?, ?)
                    on conflict (fingerprint, client_address, gateway_id) do update
                   set person_id = excluded.person_id, epoch = excluded.epoch, expires_at = excluded.expires_at
                """,
                key.key().fingerprint(),
                destination.clientAddress(),
                gateway.id(),
                person.id(),
                person.epoch(),
                tx.now().plus(KEY_VALID));
    }

    private static Optional<Row> row(Rx rx, String link, String lock) {
        return rx.one("""
                select l.*, g.name as gateway_name from sign_in_link l join gateway g on g.id = l.gateway_id
                 where l.link_hash = ?
                """ + lock, Row::of, (Object) Digests.of(link));
    }

    private static byte[] codeHash(String link, String code) {
        return Digests.of(link + "\0" + code);
    }

    private String word(String alphabet, int length) {
        var word = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            word.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return word.toString();
    }

    private static RuntimeException unknown() {
        return SessionRefusal.LINK_UNKNOWN.because(
                "this link is not, or no longer, good: links last two minutes and are used once",
                "connect again to get a new one");
    }
}
