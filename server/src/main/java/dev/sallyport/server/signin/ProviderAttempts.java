package dev.sallyport.server.signin;

import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.server.oidc.RelyingParty.Attempt;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Browsers that were sent to a provider. The cookie holds a random value from which nonce and code verifier are made; the
 * database knows hashes only, for all servers, and gives each attempt back once.
 */
final class ProviderAttempts {
    static final Duration LIFE = Duration.ofMinutes(10);

    private static final String COOKIE = "provider";
    private static final int LONGEST = 100;
    private static final Actor ACTOR = Actor.system("provider");

    private final Database database;
    private final Cookies cookies;

    ProviderAttempts(Database database, Cookies cookies) {
        this.database = database;
        this.cookies = cookies;
    }

    Attempt begin(HttpServletResponse response, String providerId) {
        String browser = Hashes.random();
        String state = Hashes.random();
        database.run(
                ACTOR,
                tx -> tx.update(
                        """
                        insert into provider_attempt (state_hash, browser_hash, provider_id, expires_at)
                        values (?, ?, ?, ?)
                        """,
                        Hashes.sha256(state),
                        Hashes.sha256(browser),
                        providerId,
                        tx.now().plus(LIFE)));
        cookies.write(response, COOKIE, browser, LIFE);
        return attempt(browser, state);
    }

    /** The attempt of this browser with this provider, once. */
    Optional<Attempt> take(HttpServletRequest request, HttpServletResponse response, String state, String providerId) {
        Optional<String> browser = cookies.read(request, COOKIE).filter(value -> value.length() <= LONGEST);
        if (browser.isEmpty() || state.length() > LONGEST) {
            return Optional.empty();
        }
        boolean awaited = database.change(
                ACTOR,
                tx -> tx.update("""
                                delete from provider_attempt
                                 where state_hash = ? and browser_hash = ? and provider_id = ? and expires_at > ?
                                """, Hashes.sha256(state), Hashes.sha256(browser.get()), providerId, tx.now()) == 1);
        if (!awaited) {
            return Optional.empty();
        }
        cookies.clear(response, COOKIE);
        return Optional.of(attempt(browser.get(), state));
    }

    void forgetOld() {
        database.run(ACTOR, tx -> tx.update("delete from provider_attempt where expires_at < ?", tx.now()));
    }

    private static Attempt attempt(String browser, String state) {
        return new Attempt(state, derived(browser, "nonce " + state), derived(browser, "verifier " + state));
    }

    private static String derived(String key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has HmacSHA256", e);
        }
    }
}
