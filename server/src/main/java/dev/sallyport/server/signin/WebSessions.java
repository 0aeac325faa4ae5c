package dev.sallyport.server.signin;

import dev.sallyport.base.Ids;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.identity.Browser;
import dev.sallyport.identity.EndReason;
import dev.sallyport.identity.Login;
import dev.sallyport.identity.Session;
import dev.sallyport.identity.Sessions;
import dev.sallyport.server.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;

/**
 * Browsers that are signed in. A session is made by a sign-in, under an id nobody knew before; it ends with the person's
 * epoch, when it was not used for a while, and at its full length. It lives in the database, so any server knows it.
 */
public final class WebSessions implements SecurityContextRepository {
    /** How long a browser may do nothing. */
    static final Duration IDLE = Duration.ofHours(1);

    /** A use is noted when the last one that was is older. */
    private static final Duration NOTED = Duration.ofMinutes(1);

    private static final String COOKIE = "session";
    private static final String SEEN = WebSessions.class.getName();

    private final Database database;
    private final Cookies cookies;
    private final Sessions sessions;

    WebSessions(Database database, Cookies cookies, Sessions sessions) {
        this.database = database;
        this.cookies = cookies;
        this.sessions = sessions;
    }

    void start(HttpServletRequest request, HttpServletResponse response, Login login) {
        end(request, response);
        String id = Hashes.random();
        String session = Ids.next(Session.PREFIX);
        String agent = request.getHeader("User-Agent");
        var browser = new Browser(Hashes.sha256(id), request.getRemoteAddr(), agent == null ? "" : agent);
        var actor = new Actor(
                login.person().value(), login.identity().value(), login.name(), request.getRemoteAddr(), session);
        database.run(
                actor,
                tx -> sessions.startBrowser(
                        tx, session, login, browser, tx.now().plus(IDLE)));
        cookies.write(response, COOKIE, id, Sessions.LENGTH);
    }

    void end(HttpServletRequest request, HttpServletResponse response) {
        cookies.read(request, COOKIE).ifPresent(id -> {
            find(id).ifPresent(session ->
                    database.run(actor(session, request), tx -> sessions.end(tx, session.id(), EndReason.SIGNED_OUT)));
            cookies.clear(response, COOKIE);
        });
    }

    /** Who is signed in at this browser, if the session still counts. */
    Optional<Login> login(HttpServletRequest request) {
        return signedIn(request).map(SignedIn::login);
    }

    /** As {@link #login}, with the session that it is. */
    Optional<SignedIn> signedIn(HttpServletRequest request) {
        return session(request).map(session -> new SignedIn(login(session), session.id()));
    }

    private static Login login(Session session) {
        return new Login(
                session.person(),
                session.name(),
                session.identity(),
                session.epoch(),
                session.amr(),
                session.authTime(),
                session.acr());
    }

    /** Who calls the API through this browser; a use keeps the session from being idle. */
    public Optional<Caller> caller(HttpServletRequest request) {
        return session(request).map(session -> new Caller(session, request.getRemoteAddr(), database));
    }

    /** Keeps the session from being idle: somebody did something, rather than a page refreshing itself. */
    public void used(HttpServletRequest request) {
        cookies.read(request, COOKIE).ifPresent(id -> used("id_hash = ?", Hashes.sha256(id)));
    }

    /** Keeps the session of a sign-in from being idle: somebody typed into a terminal. */
    public void used(String signIn) {
        used("session_id = ?", signIn);
    }

    private void used(String which, Object value) {
        database.run(
                Actor.system("web"),
                tx -> tx.update(
                        "update web_session set expires_at = ? where " + which + " and expires_at between ? and ?",
                        tx.now().plus(IDLE),
                        value,
                        tx.now(),
                        tx.now().plus(IDLE).minus(NOTED)));
    }

    private Optional<Session> session(HttpServletRequest request) {
        if (request.getAttribute(SEEN) instanceof Session seen) {
            return Optional.of(seen);
        }
        Optional<Session> found = cookies.read(request, COOKIE).flatMap(this::find);
        found.ifPresent(session -> request.setAttribute(SEEN, session));
        return found;
    }

    private Optional<Session> find(String cookie) {
        return database.read(rx -> rx.one("""
                        select s.session_id from web_session s join person p on p.id = s.person_id
                         where s.id_hash = ? and s.expires_at > ? and s.epoch = p.epoch and s.session_id is not null
                        """, row -> row.getString(1), Hashes.sha256(cookie), rx.now())
                .flatMap(id -> sessions.find(rx, id))
                .filter(session -> !session.ended() && session.expiresAt().isAfter(rx.now())));
    }

    private static Actor actor(Session session, HttpServletRequest request) {
        return new Actor(
                session.person().value(),
                session.identity().value(),
                session.name(),
                request.getRemoteAddr(),
                session.id());
    }

    @Override
    @Deprecated
    public SecurityContext loadContext(HttpRequestResponseHolder holder) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        signedIn(holder.getRequest())
                .filter(signedIn -> isFreshEnough(holder.getRequest(), signedIn.login()))
                .ifPresent(context::setAuthentication);
        return context;
    }

    /** A client may want a sign-in that is no older (OpenID Connect's {@code max_age}); an older one counts as none. */
    private static boolean isFreshEnough(HttpServletRequest request, Login login) {
        String age = request.getParameter("max_age");
        if (age == null || !request.getRequestURI().equals("/oauth2/authorize")) {
            return true;
        }
        return age.matches("\\d{1,9}")
                && login.authTime().plusSeconds(Long.parseLong(age)).isAfter(Instant.now());
    }

    /** Nothing to do: only a sign-in makes a session. */
    @Override
    public void saveContext(SecurityContext context, HttpServletRequest request, HttpServletResponse response) {}

    @Override
    public boolean containsContext(HttpServletRequest request) {
        return cookies.read(request, COOKIE).isPresent();
    }
}
