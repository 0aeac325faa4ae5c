package dev.sallyport.server.api;

import dev.sallyport.base.Secret;
import dev.sallyport.catalog.CatalogObjects;
import dev.sallyport.catalog.Kind;
import dev.sallyport.database.Database;
import dev.sallyport.identity.People;
import dev.sallyport.server.Caller;
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

    PeopleController(Database database, People people) {
        this.database = database;
        this.people = people;
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
}
