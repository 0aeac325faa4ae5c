package dev.sallyport.server.api;

import dev.sallyport.database.Database;
import dev.sallyport.database.Slice;
import dev.sallyport.identity.OpenSession;
import dev.sallyport.identity.Sessions;
import dev.sallyport.server.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Where one is signed in, and signing out there. */
@RestController
@RequestMapping("/api/v1/me/sessions")
final class SignInsController {
    private final Database database;
    private final Sessions sessions;

    SignInsController(Database database, Sessions sessions) {
        this.database = database;
        this.sessions = sessions;
    }

    record SignInJson(
            String id,
            String client,
            List<String> amr,
            Instant createdAt,
            Instant expiresAt,
            @Nullable String clientAddress,
            @Nullable String userAgent,
            boolean current) {
        static SignInJson of(OpenSession session, Caller caller) {
            return new SignInJson(
                    session.id(),
                    session.client(),
                    session.amr(),
                    session.createdAt(),
                    session.expiresAt(),
                    session.address().orElse(null),
                    session.userAgent().orElse(null),
                    session.id().equals(caller.sessionId()));
        }
    }

    record EndedJson(int ended) {}

    @SignedIn
    @Summary("The caller's open sign-in sessions, newest first")
    @GetMapping
    Page<SignInJson> list(
            Caller caller,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        var slice = new Slice(Orders.byAgeOrDue(order), Optional.ofNullable(after), size);
        List<OpenSession> page = database.read(rx -> Sessions.open(rx, caller.personId(), slice));
        return Page.of(page, size, session -> SignInJson.of(session, caller), OpenSession::id);
    }

    @SignedIn
    @Summary(
            value = "One of the caller's own open sign-in sessions",
            refuses = {"sign-in.unknown"})
    @GetMapping("/{id}")
    SignInJson show(Caller caller, @PathVariable String id) {
        return SignInJson.of(database.read(rx -> Sessions.open(rx, caller.personId(), id)), caller);
    }

    @SignedIn
    @Summary(
            value = "End one of the caller's own sign-in sessions",
            refuses = {"sign-in.unknown", "sign-in.ended-already"})
    @PostMapping("/{id}/end")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void end(Caller caller, @PathVariable String id) {
        database.run(caller.actor(), tx -> sessions.endOwn(tx, caller.personId(), id));
    }

    @SignedIn
    @Summary("End all sign-in sessions of the caller but this one; says how many")
    @PostMapping("/end-others")
    EndedJson endOthers(Caller caller) {
        return new EndedJson(
                database.change(caller.actor(), tx -> sessions.endOthers(tx, caller.personId(), caller.sessionId())));
    }
}
