package dev.sallyport.server.signin;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.Ids;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.identity.EndReason;
import dev.sallyport.identity.IdentityEvent;
import dev.sallyport.identity.Login;
import dev.sallyport.identity.Session;
import dev.sallyport.identity.Sessions;
import dev.sallyport.server.RateLimits;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2DeviceCode;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.OAuth2UserCode;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationCode;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationException;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;

/**
 * The authorizations that the framework works with, kept as hashes of what clients hold. The statement decides every race:
 * a code, a device code and a refresh token each count once, and one that comes back ends the whole family.
 */
public final class Authorizations implements OAuth2AuthorizationService {
    /** How many idle browsers are ended at once. */
    private static final int IDLE_AT_ONCE = 500;

    /** How many clients may wait for a word in one browser: a page that opens more pushes the oldest out. */
    private static final int QUESTIONS_OF_A_BROWSER = 10;

    /** Stands where the framework wants an access token but we keep none. */
    private static final String NO_TOKEN = "-";

    /** The kind of finding that a second use opens. */
    private static final String TOKEN_REUSED = "token-reused";

    private final Database database;
    private final Audit audit;
    private final Findings findings;
    private final Sessions sessions;
    private final Clients clients;
    private final AccessTokens tokens;
    private final RateLimits rates;

    Authorizations(
            Database database, Audit audit, Sessions sessions, Clients clients, AccessTokens tokens, RateLimits rates) {
        this.database = database;
        this.audit = audit;
        this.findings = new Findings(audit);
        this.sessions = sessions;
        this.clients = clients;
        this.tokens = tokens;
        this.rates = rates;
    }

    // Saving
    // ------------------------------------------------------------------------------------------------------------

    @Override
    public void save(OAuth2Authorization authorization) {
        Stored stored = authorization.getAttribute(Stored.ATTRIBUTE);
        if (stored == null) {
            insert(authorization);
            return;
        }
        OAuth2Authorization.Token<OAuth2AccessToken> access = authorization.getAccessToken();
        OAuth2Authorization.Token<OAuth2RefreshToken> refresh = authorization.getRefreshToken();
        if (refresh != null && refresh.isInvalidated() || access != null && access.isInvalidated()) {
            database.run(actor(stored), tx -> sessions.end(tx, stored.session(), EndReason.REVOKED));
        } else if (access != null
                && refresh != null
                && !access.getToken().getTokenValue().equals(NO_TOKEN)) {
            issue(stored, access, refresh.getToken());
        } else {
            database.run(
                    Actor.system("oauth"),
                    tx -> tx.update(
                            "update oauth_grant set code_used_at = ?, device_used_at = ? where id = ?",
                            tx.now(),
                            tx.now(),
                            stored.id()));
        }
    }

    private void insert(OAuth2Authorization authorization) {
        String state = authorization.getAttribute(OAuth2ParameterNames.STATE);
        OAuth2Authorization.Token<OAuth2DeviceCode> device = authorization.getToken(OAuth2DeviceCode.class);
        if (state != null) {
            insertQuestion(authorization, state);
        } else if (device != null) {
            insertDevice(
                    authorization,
                    device.getToken(),
                    Objects.requireNonNull(authorization.getToken(OAuth2UserCode.class))
                            .getToken());
        } else {
            throw new IllegalStateException("an authorization with neither a question nor a device code");
        }
    }

    private void insertQuestion(OAuth2Authorization authorization, String state) {
        SignedIn principal = authorization.getAttribute(Principal.class.getName());
        OAuth2AuthorizationRequest request = authorization.getAttribute(OAuth2AuthorizationRequest.class.getName());
        if (principal == null || request == null) {
            throw new IllegalStateException("a question to nobody");
        }
        if (request.getRedirectUri() == null) {
            throw new OAuth2AuthorizationCodeRequestAuthenticationException(
                    new OAuth2Error(
                            OAuth2ErrorCodes.INVALID_REQUEST,
                            "redirect_uri: missing (expected: where the client listens)",
                            null),
                    null);
        }
        Login login = principal.login();
        rates.signInQuestion(login.person().value());
        database.run(Actor.system("oauth"), tx -> {
            tx.update("""
                    delete from oauth_grant where id in
                        (select id from oauth_grant where asked_in = ? and state_hash is not null
                          order by created_at desc offset ?)
                    """, principal.session(), QUESTIONS_OF_A_BROWSER - 1);
            tx.update(
                    """
                    insert into oauth_grant (id, client_id, grant_type, person_id, identity_id, amr, acr,
                           auth_time, session_id, scopes, redirect_uri, code_challenge, key_thumbprint, state_hash,
                           client_state, asked_in, asked_from, created_at, expires_at)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    Ids.next("oag_"),
                    authorization.getRegisteredClientId(),
                    authorization.getAuthorizationGrantType().getValue(),
                    login.person(),
                    login.identity(),
                    login.amr(),
                    login.acr().orElse(null),
                    login.authTime(),
                    Ids.next(Session.PREFIX),
                    List.copyOf(request.getScopes()),
                    request.getRedirectUri(),
                    request.getAdditionalParameters().get(PkceParameterNames.CODE_CHALLENGE),
                    request.getAdditionalParameters().get("dpop_jkt"),
                    Hashes.sha256(state),
                    request.getState(),
                    principal.session(),
                    RequestAddress.current(),
                    tx.now(),
                    tx.now().plus(Clients.QUESTION_LIFE));
        });
    }

    private void insertDevice(OAuth2Authorization authorization, OAuth2DeviceCode device, OAuth2UserCode user) {
        Set<String> scopes = authorization.getAttribute(OAuth2ParameterNames.SCOPE);
        database.run(
                Actor.system("oauth"),
                tx -> tx.update(
                        """
                        insert into oauth_grant (id, client_id, grant_type, session_id, scopes, device_hash, user_hash,
                               device_expires_at, asked_from, created_at, expires_at)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                        Ids.next("oag_"),
                        authorization.getRegisteredClientId(),
                        authorization.getAuthorizationGrantType().getValue(),
                        Ids.next(Session.PREFIX),
                        List.copyOf(scopes == null ? Set.of() : scopes),
                        Hashes.sha256(device.getTokenValue()),
                        Hashes.sha256(normalized(user.getTokenValue())),
                        device.getExpiresAt(),
                        RequestAddress.current(),
                        tx.now(),
                        tx.now().plus(Sessions.LENGTH)));
    }

    private void issue(Stored stored, OAuth2Authorization.Token<OAuth2AccessToken> access, OAuth2RefreshToken refresh) {
        String thumbprint = thumbprint(access.getClaims());
        boolean won = database.change(actor(stored), tx -> {
            boolean first = stored.refreshHash() == null;
            int changed = first
                    ? redeem(tx, stored, refresh, thumbprint)
                    : rotate(tx, stored, Objects.requireNonNull(stored.refreshHash()), refresh);
            if (changed == 1 && first) {
                sessions.start(
                        tx, stored.session(), stored.login().orElseThrow(), stored.clientId(), stored.refreshEnd());
            }
            return changed == 1;
        });
        if (!won) {
            reused(stored, "two uses at the same instant");
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT);
        }
    }

    private static int redeem(Tx tx, Stored stored, OAuth2RefreshToken refresh, @Nullable String thumbprint) {
        boolean device = stored.grantType().equals(AuthorizationGrantType.DEVICE_CODE.getValue());
        return tx.update(
                device ? """
                          update oauth_grant set device_used_at = ?, refresh_hash = ?, refresh_expires_at = ?, key_thumbprint = ?
                           where id = ? and device_used_at is null and device_verdict = 'allowed'
                          """ : """
                          update oauth_grant set code_used_at = ?, refresh_hash = ?, refresh_expires_at = ?, key_thumbprint = ?
                           where id = ? and code_used_at is null
                          """,
                tx.now(),
                Hashes.sha256(refresh.getTokenValue()),
                stored.refreshEnd(),
                thumbprint,
                stored.id());
    }

    private static int rotate(Tx tx, Stored stored, byte[] before, OAuth2RefreshToken refresh) {
        int changed = tx.update(
                "update oauth_grant set refresh_hash = ? where id = ? and refresh_hash = ?",
                Hashes.sha256(refresh.getTokenValue()),
                stored.id(),
                before);
        if (changed == 1) {
            tx.update("insert into oauth_spent_token (hash, grant_id) values (?, ?)", before, stored.id());
        }
        return changed;
    }

    @Override
    public void remove(OAuth2Authorization authorization) {
        throw new UnsupportedOperationException("authorizations end, they are not removed");
    }

    // Finding
    // -----------------------------------------------------------------------------------------------------------

    @Override
    public @Nullable OAuth2Authorization findById(String id) {
        return null;
    }

    @Override
    public @Nullable OAuth2Authorization findByToken(String token, @Nullable OAuth2TokenType type) {
        return switch (type == null ? "" : type.getValue()) {
            case OAuth2ParameterNames.CODE -> byCode(token);
            case OAuth2ParameterNames.DEVICE_CODE -> byDeviceCode(token);
            case OAuth2ParameterNames.REFRESH_TOKEN -> byRefreshToken(token);
            case "" -> forRevocation(token);
            // user codes and states of consent are handled by our own pages only
            default -> null;
        };
    }

    private @Nullable OAuth2Authorization byCode(String code) {
        Optional<Stored> found = one("where g.code_hash = ?", Hashes.sha256(code));
        if (found.isEmpty()) {
            return null;
        }
        Stored stored = found.get();
        if (stored.codeUsed()) {
            reused(stored, "authorization code");
            return null;
        }
        Instant end = Objects.requireNonNull(stored.codeExpiresAt());
        return rebuild(stored)
                .token(new OAuth2AuthorizationCode(code, stored.createdAt(), end))
                .attribute(OAuth2AuthorizationRequest.class.getName(), request(stored))
                .build();
    }

    private static OAuth2AuthorizationRequest request(Stored stored) {
        return OAuth2AuthorizationRequest.authorizationCode()
                .authorizationUri("/oauth2/authorize")
                .clientId(stored.clientId())
                .redirectUri(stored.redirectUri())
                .scopes(new HashSet<>(stored.scopes()))
                .additionalParameters(parameters -> {
                    if (stored.codeChallenge() != null) {
                        parameters.put(PkceParameterNames.CODE_CHALLENGE, stored.codeChallenge());
                        parameters.put(PkceParameterNames.CODE_CHALLENGE_METHOD, "S256");
                    }
                })
                .build();
    }

    private @Nullable OAuth2Authorization byDeviceCode(String code) {
        Optional<Stored> found = one("where g.device_hash = ?", Hashes.sha256(code));
        if (found.isEmpty()) {
            return null;
        }
        Stored stored = found.get();
        if (stored.deviceUsed()) {
            reused(stored, "device code");
            return null;
        }
        Instant end = Objects.requireNonNull(stored.deviceExpiresAt());
        var device = new OAuth2DeviceCode(code, stored.createdAt(), end);
        var user = new OAuth2UserCode(NO_TOKEN, stored.createdAt(), end);
        OAuth2Authorization.Builder builder = rebuild(stored).token(device).token(user);
        if (stored.deviceVerdict() != null) {
            builder.invalidate(user);
        }
        if ("refused".equals(stored.deviceVerdict())) {
            builder.invalidate(device);
        }
        return builder.build();
    }

    private @Nullable OAuth2Authorization byRefreshToken(String token) {
        byte[] hash = Hashes.sha256(token);
        Optional<Stored> found = one("where g.refresh_hash = ?", hash);
        if (found.isPresent()) {
            return withTokens(found.get(), token, NO_TOKEN);
        }
        one("join oauth_spent_token s on s.grant_id = g.id where s.hash = ?", hash)
                .ifPresent(stored -> reused(stored, "refresh token"));
        return null;
    }

    private @Nullable OAuth2Authorization forRevocation(String token) {
        Optional<Stored> byRefresh = one("where g.refresh_hash = ?", Hashes.sha256(token));
        if (byRefresh.isPresent()) {
            return withTokens(byRefresh.get(), token, NO_TOKEN);
        }
        try {
            String session = tokens.read(token).session();
            return one("where g.session_id = ?", session)
                    .map(stored -> withTokens(stored, NO_TOKEN, token))
                    .orElse(null);
        } catch (dev.sallyport.base.Refusal _) {
            // not one of ours, or over: RFC 7009 answers as if it were revoked
            return null;
        }
    }

    private OAuth2Authorization withTokens(Stored stored, String refresh, String access) {
        Instant made = stored.createdAt();
        var accessToken = new OAuth2AccessToken(
                OAuth2AccessToken.TokenType.DPOP, access, made, stored.refreshEnd(), Set.copyOf(stored.scopes()));
        Map<String, Object> claims =
                stored.keyThumbprint() == null ? Map.of() : Map.of("cnf", Map.of("jkt", stored.keyThumbprint()));
        return rebuild(stored)
                .refreshToken(new OAuth2RefreshToken(refresh, made, stored.refreshEnd()))
                .token(accessToken, metadata -> metadata.put(OAuth2Authorization.Token.CLAIMS_METADATA_NAME, claims))
                .build();
    }

    private OAuth2Authorization.Builder rebuild(Stored stored) {
        RegisteredClient client = Objects.requireNonNull(clients.findById(stored.clientId()));
        OAuth2Authorization.Builder builder = OAuth2Authorization.withRegisteredClient(client)
                .id(stored.id())
                .principalName(
                        stored.login().map(login -> login.person().value()).orElse(stored.clientId()))
                .authorizationGrantType(new AuthorizationGrantType(stored.grantType()))
                .authorizedScopes(Set.copyOf(stored.scopes()))
                .attribute(Stored.ATTRIBUTE, stored);
        stored.login()
                .ifPresent(
                        login -> builder.attribute(Principal.class.getName(), new SignedIn(login, stored.session())));
        return builder;
    }

    private Optional<Stored> one(String where, Object value) {
        return database.read(rx -> rx.one(Stored.COLUMNS + " " + where, Stored::of, value));
    }

    // Families
    // ----------------------------------------------------------------------------------------------------------

    /** The login with the person's present epoch; refuses when the session has ended or the person may not act. */
    Login current(Stored stored) {
        return database.read(rx -> {
            boolean over = rx.exists(
                    "select 1 from sign_in_session where id = ? and (ended_at is not null or expires_at <= ?)",
                    stored.session(),
                    rx.now());
            Login login = stored.login().orElse(null);
            boolean active = login != null
                    && rx.exists(
                            "select 1 from person where id = ? and state = 'active' and quarantined_at is null",
                            login.person());
            if (over || login == null || !active) {
                throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT);
            }
            return login;
        });
    }

    /** What was spent came back: somebody has a copy, so nobody keeps the session. */
    private void reused(Stored stored, String what) {
        database.run(actor(stored), tx -> {
            boolean ended = sessions.end(tx, stored.session(), EndReason.TOKEN_REUSE);
            audit.record(
                    tx,
                    Event.of(IdentityEvent.TOKEN_REUSED)
                            .outcome(Outcome.REFUSED)
                            .session(stored.session())
                            .data("what", what)
                            .data("session_was_open", ended));
            findings.open(
                    tx,
                    TOKEN_REUSED,
                    Severity.HIGH,
                    stored.session(),
                    "a secret of this session that counts once came back (" + what + "): somebody may hold a copy");
        });
    }

    private static Actor actor(Stored stored) {
        return stored.login()
                .map(login -> new Actor(
                        login.person().value(),
                        login.identity().value(),
                        login.name(),
                        RequestAddress.current(),
                        stored.session()))
                .orElse(Actor.unknown(RequestAddress.current()));
    }

    private static @Nullable String thumbprint(@Nullable Map<String, Object> claims) {
        return claims != null && claims.get("cnf") instanceof Map<?, ?> confirmation
                ? String.valueOf(confirmation.get("jkt"))
                : null;
    }

    // Clients on loopback
    // -----------------------------------------------------------------------------------------------------------

    /** What a client that listens on loopback asks for. */
    record Question(String client, int port, String askedFrom, Instant askedAt) {}

    private static final String OPEN = " state_hash = ? and asked_in = ? and expires_at > ?";

    /** The question that this session's browser was sent to answer, if it is still open. */
    Optional<Question> question(String state, SignedIn browser) {
        return database.read(rx -> rx.one(
                "select client_id, redirect_uri, asked_from, created_at from oauth_grant where" + OPEN,
                row -> new Question(
                        row.getString("client_id"),
                        port(URI.create(row.getString("redirect_uri"))),
                        Objects.requireNonNullElse(row.getString("asked_from"), "an unknown address"),
                        dev.sallyport.database.Rows.instant(row, "created_at")),
                Hashes.sha256(state),
                browser.session(),
                rx.now()));
    }

    /** Where the client waits for the answer, with the code that it may use once; empty when the question is not open. */
    Optional<URI> answer(String state, SignedIn browser, boolean allowed, String address) {
        String code = Hashes.random();
        return database.change(browser.actor(address), tx -> {
            Optional<Waits> client = tx.one(
                    """
                    update oauth_grant set state_hash = null, code_hash = ?, code_expires_at = ?,
                           code_used_at = ?, expires_at = ?
                     where
                    """ + OPEN + " returning redirect_uri, client_state, client_id",
                    row -> new Waits(
                            URI.create(row.getString("redirect_uri")),
                            row.getString("client_state"),
                            row.getString("client_id")),
                    allowed ? Hashes.sha256(code) : null,
                    allowed ? tx.now().plus(Clients.CODE_LIFE) : null,
                    allowed ? null : tx.now(),
                    allowed ? tx.now().plus(Sessions.LENGTH) : tx.now(),
                    Hashes.sha256(state),
                    browser.session(),
                    tx.now());
            client.ifPresent(waits -> audit.record(
                    tx,
                    Event.of(IdentityEvent.CLIENT_DECIDED)
                            .outcome(allowed ? Outcome.SUCCESS : Outcome.REFUSED)
                            .data("allowed", allowed)
                            .data("client", waits.client())
                            .data("port", port(waits.redirect()))));
            return client.map(waits -> waits.told(allowed ? "code" : "error", allowed ? code : "access_denied"));
        });
    }

    private static int port(URI redirect) {
        return redirect.getPort() < 0 ? 80 : redirect.getPort();
    }

    /** Where a client listens, and what it wants to hear again with the answer. */
    private record Waits(URI redirect, @Nullable String state, String client) {
        URI told(String name, String value) {
            String answer = redirect + "?" + name + "=" + value;
            return URI.create(
                    state == null ? answer : answer + "&state=" + URLEncoder.encode(state, StandardCharsets.UTF_8));
        }
    }

    // Devices
    // -----------------------------------------------------------------------------------------------------------

    /** What a device that waits asks for. */
    record Waiting(String id, String client, String askedFrom, Instant askedAt) {}

    /** The device that shows this code, if it still waits. */
    Optional<Waiting> waiting(String userCode) {
        byte[] hash = Hashes.sha256(normalized(userCode));
        return database.read(rx -> rx.one(
                Stored.COLUMNS + " where g.user_hash = ? and g.device_verdict is null and g.device_expires_at > ?",
                row -> new Waiting(
                        row.getString("id"),
                        row.getString("client_id"),
                        Objects.requireNonNullElse(row.getString("asked_from"), "an unknown address"),
                        dev.sallyport.database.Rows.instant(row, "created_at")),
                hash,
                rx.now()));
    }

    /** Lets the device in as this person, or not; once. Says whether it was still waiting. */
    boolean decide(String userCode, SignedIn browser, boolean allowed, String address) {
        Login login = browser.login();
        return database.change(browser.actor(address), tx -> {
            int changed = tx.update(
                    """
                    update oauth_grant set device_verdict = ?, person_id = ?, identity_id = ?, amr = ?, acr = ?, auth_time = ?,
                           asked_in = ?
                     where user_hash = ? and device_verdict is null and device_expires_at > ?
                    """,
                    allowed ? "allowed" : "refused",
                    login.person(),
                    login.identity(),
                    login.amr(),
                    login.acr().orElse(null),
                    login.authTime(),
                    browser.session(),
                    Hashes.sha256(normalized(userCode)),
                    tx.now());
            if (changed == 1) {
                audit.record(
                        tx,
                        Event.of(IdentityEvent.DEVICE_DECIDED)
                                .outcome(allowed ? Outcome.SUCCESS : Outcome.REFUSED)
                                .data("allowed", allowed));
            }
            return changed == 1;
        });
    }

    /** Removes authorizations that can no longer become anything, and ends browsers that are idle; called now and then. */
    void forgetOld() {
        database.run(Actor.system("oauth"), tx -> {
            tx.update("delete from oauth_grant where expires_at < ?", tx.now());
            tx.update(
                    "delete from oauth_grant where device_expires_at < ? and device_used_at is null and device_hash is not null",
                    tx.now().minus(Duration.ofMinutes(1)));
            tx.update(
                    "delete from idempotency_key where created_at < ?", tx.now().minus(Duration.ofDays(1)));
            sessions.endIdle(tx, IDLE_AT_ONCE);
        });
    }

    static String normalized(String userCode) {
        return userCode.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "");
    }
}
