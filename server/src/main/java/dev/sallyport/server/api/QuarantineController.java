package dev.sallyport.server.api;

import dev.sallyport.base.Names;
import dev.sallyport.database.Database;
import dev.sallyport.database.Slice;
import dev.sallyport.grant.GrantFilter;
import dev.sallyport.grant.Grants;
import dev.sallyport.identity.People;
import dev.sallyport.identity.Person;
import dev.sallyport.identity.Quarantine;
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

/** Freezing a person everywhere at once, and letting them back in. */
@RestController
@RequestMapping("/api/v1/quarantines")
final class QuarantineController {
    static final String RIGHT = "person.quarantine";

    private final Database database;
    private final Quarantine quarantine;

    QuarantineController(Database database, Quarantine quarantine) {
        this.database = database;
        this.quarantine = quarantine;
    }

    record ImposeJson(@Nullable String person, @Nullable String reason) {}

    record LiftJson(@Nullable String reason) {}

    record ImposedJson(String person, List<String> revoked, int sessionsEnded) {}

    @Needs(RIGHT)
    @Summary(
            value = "Freeze a person everywhere at once",
            refuses = {"person.unknown", "person.already-quarantined"})
    @PostMapping
    ImposedJson impose(Caller caller, @RequestBody ImposeJson body) {
        String name = Names.check("person", RequestsController.required("person", body.person()));
        String reason = RequestsController.required("reason", body.reason());
        return database.change(caller.actor(), tx -> {
            Person person = People.require(tx, name);
            List<String> running = Grants.list(tx, GrantFilter.of(person.id()), Slice.newest(Page.LIMIT_MAX)).stream()
                    .filter(grant -> grant.isRunning())
                    .map(grant -> grant.id().value())
                    .toList();
            int sessions = quarantine.impose(tx, person.id(), reason);
            return new ImposedJson(name, running, sessions);
        });
    }

    record QuarantinedJson(
            String person,
            Instant since,
            String reason,
            @Nullable String by) {}

    @Needs(RIGHT)
    @Summary("Who is in quarantine, by name")
    @GetMapping
    Page<QuarantinedJson> list(
            @RequestParam(required = false) @Nullable String person,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        return Page.of(
                database.read(rx -> quarantine.list(rx, Optional.ofNullable(person), after, size)),
                size,
                each -> new QuarantinedJson(
                        each.name(), each.since(), each.reason(), each.by().orElse(null)),
                Quarantine.Quarantined::name);
    }

    @Needs(RIGHT)
    @Summary(
            value = "Let a person back in",
            refuses = {"person.unknown", "person.not-quarantined"})
    @DeleteMapping("/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void lift(Caller caller, @PathVariable String name, @RequestBody LiftJson body) {
        String reason = RequestsController.required("reason", body.reason());
        database.run(
                caller.actor(),
                tx -> quarantine.lift(
                        tx, People.require(tx, Names.check("person", name)).id(), reason));
    }
}
