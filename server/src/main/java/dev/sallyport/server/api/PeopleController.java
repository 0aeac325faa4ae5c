package dev.sallyport.server.api;

import dev.sallyport.base.Secret;
import dev.sallyport.catalog.CatalogObjects;
import dev.sallyport.catalog.Kind;
import dev.sallyport.database.Database;
import dev.sallyport.identity.PasswordResets;
import dev.sallyport.identity.People;
import dev.sallyport.server.Caller;
import dev.sallyport.server.ServerConfig;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What is done for a person that no document says. */
@RestController
@RequestMapping("/api/v1/people")
final class PeopleController {
    private final Database database;
    private final People people;
    private final PasswordResets resets;
    private final ServerConfig config;

    PeopleController(Database database, People people, PasswordResets resets, ServerConfig config) {
        this.database = database;
        this.people = people;
        this.resets = resets;
        this.config = config;
    }

    record ResetJson(@Nullable String reason) {}

    record ResetLinkJson(String person, String url, Instant expiresAt) {
        @Override
        public String toString() {
            return "ResetLinkJson[url=[secret]]";
        }
    }

    record PasswordJson(@Nullable String password) {
        @Override
        public String toString() {
            return "PasswordJson[password=[secret]]";
        }
    }

    @Needs(CatalogController.WRITE)
    @Summary(
            value = "Give a first password to a person who has none",
            refuses = {"password.invalid", "password.exists", "person.unknown"})
    @PostMapping("/{name}/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void password(Caller caller, @PathVariable String name, @RequestBody PasswordJson body) {
        Secret password = Secret.of(RequestsController.required("password", body.password()));
        database.run(caller.actor(), tx -> {
            String found = CatalogObjects.name(tx, Kind.PERSON, name);
            people.setFirstPassword(tx, People.require(tx, found).id(), password);
        });
    }

    @Needs("person.reset-password")
    @Summary(
            value = "Make a link, good once and for half an hour, by which a person sets a new password",
            refuses = {
                "person.unknown",
                "person.blocked",
                "person.administers-more",
                "password.none",
                "password.reset-own"
            })
    @PostMapping("/{name}/password-reset")
    @ResponseStatus(HttpStatus.CREATED)
    ResetLinkJson reset(Caller caller, @PathVariable String name, @RequestBody ResetJson body) {
        String reason = RequestsController.required("reason", body.reason());
        return database.change(caller.actor(), tx -> {
            String found = CatalogObjects.name(tx, Kind.PERSON, name);
            PasswordResets.Link link = resets.make(tx, caller.personId(), caller.rights(), found, reason);
            return new ResetLinkJson(
                    found,
                    config.url() + "/reset-password?token=" + link.token().reveal(),
                    link.expiresAt());
        });
    }
}
