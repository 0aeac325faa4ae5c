package dev.sallyport.server.signin;

import dev.sallyport.base.Refusal;
import dev.sallyport.database.Database;
import dev.sallyport.identity.Session;
import dev.sallyport.identity.UnspentProof;
import dev.sallyport.server.Caller;
import dev.sallyport.server.ServerConfig;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Says who calls the API: a token of ours that has not expired, bound to a key that the caller proves to have, of a session
 * that has not ended, and of the person's present epoch.
 */
public final class Authenticator {
    private final AccessTokens tokens;
    private final Proofs proofs;
    private final LiveSessions sessions;
    private final Database database;
    private final String url;

    Authenticator(AccessTokens tokens, Proofs proofs, LiveSessions sessions, Database database, ServerConfig config) {
        this.tokens = tokens;
        this.proofs = proofs;
        this.sessions = sessions;
        this.database = database;
        this.url = config.url().toString();
    }

    /**
     * What a call has shown: a token of ours, and that it comes from whoever holds its key. Whose session it is, and whether
     * that still counts, is not looked at yet; nor whether the proof came before.
     */
    public record Shown(AccessTokens.Claims claims, UnspentProof proof) {}

    /** @throws Refusal {@code auth.…} saying why this is nobody */
    public Shown shown(HttpServletRequest request) {
        List<String> headers = Collections.list(request.getHeaders("Authorization"));
        if (headers.size() != 1) {
            throw AuthRefusal.REQUIRED.because("nobody is signed in", "run: sallyport login");
        }
        int space = headers.getFirst().indexOf(' ');
        String scheme = space < 0 ? "" : headers.getFirst().substring(0, space).toLowerCase(Locale.ROOT);
        if (!scheme.equals("dpop") && !scheme.equals("bearer")) {
            throw AuthRefusal.REQUIRED.because(
                    "the Authorization header is not of the kind DPoP", "run: sallyport login");
        }
        String token = headers.getFirst().substring(space + 1).strip();
        AccessTokens.Claims claims = tokens.read(token);
        return new Shown(claims, prove(request, scheme, token, claims));
    }

    /** @throws Refusal {@code auth.session-ended} when what was shown counts no more */
    public Caller caller(HttpServletRequest request, Shown shown) {
        AccessTokens.Claims claims = shown.claims();
        Session session = sessions.find(claims.session())
                .filter(found -> !found.ended()
                        && found.expiresAt().isAfter(Instant.now())
                        && found.epoch() == claims.epoch()
                        && found.person().value().equals(claims.person()))
                .orElseThrow(() -> AuthRefusal.SESSION_ENDED.because("this session has ended", "sign in again"));
        return new Caller(session, request.getRemoteAddr(), database);
    }

    private UnspentProof prove(HttpServletRequest request, String scheme, String token, AccessTokens.Claims claims) {
        if (claims.thumbprint() == null) {
            return UnspentProof.none();
        }
        List<String> headers = Collections.list(request.getHeaders("DPoP"));
        if (scheme.equals("bearer") || headers.size() != 1) {
            throw AuthRefusal.PROOF_REQUIRED.because("this token counts only with one proof of possession (DPoP)");
        }
        return proofs.check(
                headers.getFirst(), request.getMethod(), url + request.getRequestURI(), token, claims.thumbprint());
    }
}
