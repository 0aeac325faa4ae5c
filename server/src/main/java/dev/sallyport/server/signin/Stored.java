package dev.sallyport.server.signin;

import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import dev.sallyport.database.Rows;
import dev.sallyport.identity.Login;
import dev.sallyport.identity.Sessions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A row of {@code oauth_grant}: one authorization, from its first code to its last refresh token. */
@SuppressWarnings("ArrayRecordComponent") // the hash is a parameter of the next statement, never compared
record Stored(
        String id,
        String clientId,
        String grantType,
        Optional<Login> login,
        String session,
        List<String> scopes,
        @Nullable String redirectUri,
        @Nullable String codeChallenge,
        @Nullable String keyThumbprint,
        @Nullable Instant codeExpiresAt,
        boolean codeUsed,
        @Nullable Instant deviceExpiresAt,
        boolean deviceUsed,
        @Nullable String deviceVerdict,
        @Nullable String askedFrom,
        byte @Nullable [] refreshHash,
        @Nullable Instant refreshExpiresAt,
        Instant createdAt) {
    /** Under which an authorization of the framework carries its row. */
    static final String ATTRIBUTE = "dev.sallyport.stored";

    static final String COLUMNS = """
            select g.*, p.name as person_name, p.epoch as person_epoch
              from oauth_grant g left join person p on p.id = g.person_id
            """;

    /** When the session of this authorization ends by itself, and with it every refresh token. */
    Instant refreshEnd() {
        if (refreshExpiresAt != null) {
            return refreshExpiresAt;
        }
        return login.map(Login::authTime).orElse(createdAt).plus(Sessions.LENGTH);
    }

    static Stored of(ResultSet row) throws SQLException {
        return new Stored(
                row.getString("id"),
                row.getString("client_id"),
                row.getString("grant_type"),
                login(row),
                row.getString("session_id"),
                Rows.strings(row, "scopes"),
                row.getString("redirect_uri"),
                row.getString("code_challenge"),
                row.getString("key_thumbprint"),
                Rows.instantOrNull(row, "code_expires_at"),
                Rows.instantOrNull(row, "code_used_at") != null,
                Rows.instantOrNull(row, "device_expires_at"),
                Rows.instantOrNull(row, "device_used_at") != null,
                row.getString("device_verdict"),
                row.getString("asked_from"),
                row.getBytes("refresh_hash"),
                Rows.instantOrNull(row, "refresh_expires_at"),
                Rows.instant(row, "created_at"));
    }

    private static Optional<Login> login(ResultSet row) throws SQLException {
        String person = row.getString("person_id");
        if (person == null) {
            return Optional.empty();
        }
        return Optional.of(new Login(
                new PersonId(person),
                row.getString("person_name"),
                new IdentityId(row.getString("identity_id")),
                row.getLong("person_epoch"),
                Rows.strings(row, "amr"),
                Rows.instant(row, "auth_time"),
                Optional.ofNullable(row.getString("acr"))));
    }
}
