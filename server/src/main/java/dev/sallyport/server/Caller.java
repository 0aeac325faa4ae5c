package dev.sallyport.server;

import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.grant.Grants;
import dev.sallyport.identity.Session;
import dev.sallyport.server.signin.AuthRefusal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who calls the API; a parameter of every handler that is not public. */
public final class Caller {
    /** The request attribute that holds the caller. */
    public static final String ATTRIBUTE = Caller.class.getName();

    private final Session session;
    private final String sourceAddress;
    private final Database database;
    private @Nullable Set<String> rights;

    public Caller(Session session, String sourceAddress, Database database) {
        this.session = session;
        this.sourceAddress = sourceAddress;
        this.database = database;
    }

    public PersonId personId() {
        return session.person();
    }

    public String name() {
        return session.name();
    }

    public IdentityId identityId() {
        return session.identity();
    }

    public String sessionId() {
        return session.id();
    }

    public List<String> amr() {
        return session.amr();
    }

    public Optional<String> acr() {
        return session.acr();
    }

    public Instant authTime() {
        return session.authTime();
    }

    public Instant sessionExpiresAt() {
        return session.expiresAt();
    }

    public String sourceAddress() {
        return sourceAddress;
    }

    public Actor actor() {
        return new Actor(personId().value(), identityId().value(), name(), sourceAddress, sessionId());
    }

    /** The administration rights this person holds now; asked of the database once per request. */
    public Set<String> rights() {
        Set<String> known = rights;
        if (known == null) {
            known = database.read(rx -> Grants.rights(rx, personId()));
            rights = known;
        }
        return known;
    }

    /** @throws dev.sallyport.base.Refusal {@code auth.missing-right} when the caller does not hold the right */
    public void require(String right) {
        if (!rights().contains(right)) {
            throw AuthRefusal.MISSING_RIGHT.because(
                    name() + " does not hold the right " + right,
                    "ask for a role on sallyport that holds it: sallyport eligible --target sallyport");
        }
    }
}
