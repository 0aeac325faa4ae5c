package dev.sallyport.server;

import dev.sallyport.base.Secret;
import dev.sallyport.database.Database;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.EndReason;
import dev.sallyport.identity.People;
import dev.sallyport.identity.Person;
import dev.sallyport.identity.Sessions;
import dev.sallyport.server.api.SignedIn;
import dev.sallyport.server.api.Summary;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What callers ask about themselves, and do to themselves. */
@RestController
@RequestMapping("/api/v1")
final class MeController {
    private final Database database;
    private final People people;
    private final Sessions sessions;
    private final RateLimits rates;

    MeController(Database database, People people, Sessions sessions, RateLimits rates) {
        this.database = database;
        this.people = people;
        this.sessions = sessions;
        this.rates = rates;
    }

    record Me(PersonPart person, IdentityPart identity, List<String> groups, SessionPart session, Set<String> rights) {}

    record PersonPart(String id, String name, String displayName) {}

    record IdentityPart(String id, String issuer, String subject) {}

    record SessionPart(
            String id,
            Instant authTime,
            List<String> amr,
            @Nullable String acr,
            Instant expiresAt) {}

    record PasswordChange(
            String current,

            @com.fasterxml.jackson.annotation.JsonProperty("new")
            String next) {}

    @SignedIn
    @Summary("Who the caller is")
    @GetMapping("/me")
    Me me(Caller caller) {
        return database.read(rx -> {
            Person person = People.require(rx, caller.personId());
            IdentityPart identity = rx.one(
                            "select id, issuer, subject from identity where id = ?",
                            row -> new IdentityPart(
                                    row.getString("id"), row.getString("issuer"), row.getString("subject")),
                            caller.identityId())
                    .orElseThrow();
            return new Me(
                    new PersonPart(person.id().value(), person.name(), person.displayName()),
                    identity,
                    Directory.groups(rx, person.id()),
                    new SessionPart(
                            caller.sessionId(),
                            caller.authTime(),
                            caller.amr(),
                            caller.acr().orElse(null),
                            caller.sessionExpiresAt()),
                    dev.sallyport.grant.Grants.rights(rx, person.id()));
        });
    }

    @SignedIn
    @Summary(
            value = "Change one's own password",
            refuses = {"password.wrong-current", "password.invalid", "password.none"})
    @PostMapping("/me/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void password(Caller caller, @RequestBody PasswordChange change) {
        if (change.current() == null || change.next() == null) {
            throw HttpRefusal.MALFORMED.because("current, new: both are needed");
        }
        rates.passwordChange(caller.personId().value());
        people.changeOwnPassword(
                database, caller.actor(), caller.personId(), Secret.of(change.current()), Secret.of(change.next()));
    }

    @SignedIn
    @Summary("End this session")
    @PostMapping("/logout")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void logout(Caller caller) {
        database.run(caller.actor(), tx -> sessions.end(tx, caller.sessionId(), EndReason.SIGNED_OUT));
    }
}
