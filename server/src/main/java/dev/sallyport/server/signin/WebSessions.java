package dev.sallyport.server.signin;

import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.identity.Login;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Optional;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;

/**
 * Browsers that are signed in. A session is made by a sign-in, under an id nobody knew before; it holds no data and ends
 * with the person's epoch. It lives in the database, so any server knows it.
 */
public final class WebSessions implements SecurityContextRepository {
    /** How long a browser stays signed in. */
    static final Duration LENGTH = Duration.ofHours(1);

    private static final String COOKIE = "session";

    private final Database database;
    private final Cookies cookies;

    WebSessions(Database database, Cookies cookies) {
        this.database = database;
        this.cookies = cookies;
    }

    void start(HttpServletRequest request, HttpServletResponse response, Login login) {
        end(request, response);
        String id = Hashes.random();
        database.run(
                Actor.system("web"),
                tx -> tx.update(
                        """
                        insert into web_session (id_hash, person_id, identity_id, epoch, amr, acr, auth_time, expires_at)
                        values (?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                        Hashes.sha256(id),
                        login.person(),
                        login.identity(),
                        login.epoch(),
                        login.amr(),
                        login.acr().orElse(null),
                        login.authTime(),
                        tx.now().plus(LENGTH)));
        cookies.write(response, COOKIE, id, LENGTH);
    }

    void end(HttpServletRequest request, HttpServletResponse response) {
        cookies.read(request, COOKIE).ifPresent(id -> {
            database.run(
                    Actor.system("web"),
                    tx -> tx.update("delete from web_session where id_hash = ?", Hashes.sha256(id)));
            cookies.clear(response, COOKIE);
        });
    }

    /** Who is signed in at this browser, if the session still counts. */
    Optional<Login> login(HttpServletRequest request) {
        return cookies.read(request, COOKIE)
                .flatMap(id -> database.read(rx -> rx.one(
                        """
                        select s.person_id, p.name, s.identity_id, s.epoch, s.amr, s.acr, s.auth_time
                          from web_session s join person p on p.id = s.person_id
                         where s.id_hash = ? and s.expires_at > ? and s.epoch = p.epoch
                           and p.state = 'active' and p.quarantined_at is null
                        """,
                        row -> new Login(
                                new PersonId(row.getString("person_id")),
                                row.getString("name"),
                                new IdentityId(row.getString("identity_id")),
                                row.getLong("epoch"),
                                Rows.strings(row, "amr"),
                                Rows.instant(row, "auth_time"),
                                Optional.ofNullable(row.getString("acr"))),
                        Hashes.sha256(id),
                        rx.now())));
    }

    @Override
    @Deprecated
    public SecurityContext loadContext(HttpRequestResponseHolder holder) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        login(holder.getRequest()).map(SignedIn::new).ifPresent(context::setAuthentication);
        return context;
    }

    /** Nothing to do: only a sign-in makes a session. */
    @Override
    public void saveContext(SecurityContext context, HttpServletRequest request, HttpServletResponse response) {}

    @Override
    public boolean containsContext(HttpServletRequest request) {
        return cookies.read(request, COOKIE).isPresent();
    }
}
