package dev.sallyport.server.api;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.IdentityId;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.grant.GrantFilter;
import dev.sallyport.grant.Grants;
import dev.sallyport.identity.Identities;
import dev.sallyport.identity.Identity;
import dev.sallyport.server.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The logins of persons. */
@RestController
@RequestMapping("/api/v1/identities")
final class IdentitiesController {
    static final String READ = "identity.read";
    static final String LINK = "identity.link";

    private final Database database;
    private final Identities identities;

    IdentitiesController(Database database, Identities identities) {
        this.database = database;
        this.identities = identities;
    }

    record IdentityJson(String id, String person, String personId, String issuer, String subject, Instant createdAt) {
        static IdentityJson of(Identity identity) {
            return new IdentityJson(
                    identity.id().value(),
                    identity.personName(),
                    identity.person().value(),
                    identity.issuer(),
                    identity.subject(),
                    identity.createdAt());
        }
    }

    record LinkJson(
            @Nullable String person,
            @Nullable String issuer,
            @Nullable String subject,
            @Nullable String reason) {}

    record MoveJson(
            @Nullable String from,
            @Nullable String to,
            @Nullable String reason) {}

    record UnlinkJson(@Nullable String reason) {}

    record MovedJson(IdentityJson identity, String disabled, List<String> revoked) {}

    record UnlinkedJson(String id, int sessionsEnded) {}

    @Needs(READ)
    @Summary("Logins, oldest first; of one person or issuer if they are named")
    @GetMapping
    Page<IdentityJson> list(
            @RequestParam(required = false) @Nullable String person,
            @RequestParam(required = false) @Nullable String issuer,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        var slice = new Slice(
                Orders.sinceTheFirst(order),
                Optional.ofNullable(after).map(IdentityId::new).map(IdentityId::value),
                size);
        List<Identity> found = database.read(
                rx -> Identities.list(rx, Optional.ofNullable(person), Optional.ofNullable(issuer), slice));
        return Page.of(found, size, IdentityJson::of, identity -> identity.id().value());
    }

    @Needs(READ)
    @Summary(
            value = "One login",
            refuses = {"identity.unknown"})
    @GetMapping("/{id}")
    IdentityJson show(@PathVariable String id) {
        return IdentityJson.of(database.read(rx -> Identities.require(rx, new IdentityId(id))));
    }

    @Needs(LINK)
    @Summary(
            value = "Let a person sign in as this subject of this issuer",
            refuses = {"identity.taken", "identity.unknown-issuer", "person.unknown", "person.administers-more"})
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    IdentityJson link(Caller caller, @RequestBody LinkJson body) {
        String person = RequestsController.required("person", body.person());
        String issuer = RequestsController.required("issuer", body.issuer());
        String subject = RequestsController.required("subject", body.subject());
        String reason = RequestsController.required("reason", body.reason());
        return IdentityJson.of(database.change(
                caller.actor(), tx -> identities.link(tx, caller.rights(), person, issuer, subject, reason)));
    }

    @Needs(LINK)
    @Summary(
            value = "Make one person of two: the login goes to the first, and the second is disabled",
            refuses = {
                "identity.unknown",
                "identity.other-person",
                "identity.same-person",
                "identity.local",
                "identity.quarantined",
                "identity.administrator",
                "person.unknown",
                "person.blocked",
                "person.administers-more"
            })
    @PostMapping("/{id}/move")
    MovedJson move(Caller caller, @PathVariable String id, @RequestBody MoveJson body) {
        String from = RequestsController.required("from", body.from());
        String to = RequestsController.required("to", body.to());
        String reason = RequestsController.required("reason", body.reason());
        var login = new IdentityId(id);
        return database.change(caller.actor(), tx -> {
            List<String> running = running(tx, login);
            Identity moved = identities.move(tx, caller.rights(), login, from, to, reason);
            return new MovedJson(IdentityJson.of(moved), from, running);
        });
    }

    @Needs(LINK)
    @Summary(
            value = "Take a login away: what came in through it ends",
            refuses = {"identity.unknown", "identity.quarantined", "identity.administrator", "person.administers-more"})
    @DeleteMapping("/{id}")
    UnlinkedJson unlink(Caller caller, @PathVariable String id, @RequestBody UnlinkJson body) {
        String reason = RequestsController.required("reason", body.reason());
        return new UnlinkedJson(
                id,
                database.change(
                        caller.actor(), tx -> identities.unlink(tx, caller.rights(), new IdentityId(id), reason)));
    }

    private static List<String> running(Rx rx, IdentityId login) {
        return Grants.list(rx, GrantFilter.of(Identities.require(rx, login).person()), Slice.newest(Page.LIMIT_MAX))
                .stream()
                .filter(grant -> grant.isRunning())
                .map(grant -> grant.id())
                .map(GrantId::value)
                .toList();
    }
}
