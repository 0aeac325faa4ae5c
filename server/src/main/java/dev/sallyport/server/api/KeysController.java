package dev.sallyport.server.api;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.credential.CaKey;
import dev.sallyport.credential.CaPurpose;
import dev.sallyport.credential.KeyStatement;
import dev.sallyport.credential.SshAuthorities;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.server.Caller;
import dev.sallyport.server.signin.TokenKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The keys that sign: of the SSH authorities, of revocation lists, of access tokens. */
@RestController
@RequestMapping("/api/v1/keys")
final class KeysController {
    /** Beside the purposes of {@link CaPurpose}. */
    private static final String TOKEN = "token";

    private final Database database;
    private final SshAuthorities authorities;
    private final TokenKeys tokens;

    KeysController(Database database, SshAuthorities authorities, TokenKeys tokens) {
        this.database = database;
        this.authorities = authorities;
        this.tokens = tokens;
    }

    record KeyJson(
            String id,
            String purpose,
            String state,
            String fingerprint,
            Instant since,
            @Nullable Instant trustedUntil) {
        static KeyJson of(SshAuthorities.Life life) {
            CaKey key = life.key();
            return new KeyJson(
                    key.id(),
                    RequestJson.word(key.purpose()),
                    RequestJson.word(key.state()),
                    key.publicKey().fingerprint(),
                    life.since(),
                    life.trustedUntil().orElse(null));
        }

        static KeyJson of(TokenKeys.Life life) {
            return new KeyJson(
                    life.id(),
                    TOKEN,
                    life.state(),
                    life.fingerprint(),
                    life.since(),
                    life.publishedUntil().orElse(null));
        }
    }

    /** With the enrolled hosts that have not learned the newest target and krl keys. */
    record KeysJson(List<KeyJson> items, List<String> hostsLacking) {}

    record ActivateJson(@Nullable Boolean force) {}

    @Needs("key.read")
    @Summary("The keys that sign, and the hosts that have not learned the newest")
    @GetMapping
    KeysJson list() {
        return database.read(rx -> new KeysJson(keys(rx), KeyStatement.lacking(rx, Page.LIMIT_MAX)));
    }

    @Needs("key.rotate")
    @Summary(
            value = "Publish the next key of a purpose; of token keys, let the published one sign",
            refuses = {"ca-key.next-exists"})
    @PostMapping("/{purpose}/rotate")
    @ResponseStatus(HttpStatus.CREATED)
    KeysJson rotate(Caller caller, @PathVariable String purpose) {
        Optional<CaPurpose> ca = ca(purpose);
        if (ca.isPresent()) {
            authorities.rotate(caller.actor(), ca.get());
        } else {
            tokens.rotate(caller.actor());
        }
        return of(purpose);
    }

    @Needs("key.rotate")
    @Summary(
            value = "Let the next key of a purpose sign, and retire the one that did",
            refuses = {"ca-key.no-next", "ca-key.too-early", "ca-key.hosts-lack", "token-key.rotates-at-once"})
    @PostMapping("/{purpose}/activate")
    KeysJson activate(Caller caller, @PathVariable String purpose, @RequestBody ActivateJson body) {
        CaPurpose ca = ca(purpose)
                .orElseThrow(() -> KeyRefusal.AT_ONCE.because(
                        "the next token key is always published", "sallyport keys rotate token lets it sign"));
        authorities.activate(caller.actor(), ca, Boolean.TRUE.equals(body.force()));
        return of(purpose);
    }

    private KeysJson of(String purpose) {
        return database.read(rx -> new KeysJson(
                keys(rx).stream().filter(key -> key.purpose().equals(purpose)).toList(),
                KeyStatement.lacking(rx, Page.LIMIT_MAX)));
    }

    private static List<KeyJson> keys(Rx rx) {
        var keys = new ArrayList<KeyJson>();
        SshAuthorities.lives(rx).forEach(life -> keys.add(KeyJson.of(life)));
        TokenKeys.lives(rx).forEach(life -> keys.add(KeyJson.of(life)));
        return keys;
    }

    /** Nothing for token keys. */
    private static Optional<CaPurpose> ca(String purpose) {
        if (purpose.equals(TOKEN)) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(CaPurpose.values())
                .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(purpose))
                .findFirst()
                .orElseThrow(() -> InputRefusal.INVALID_VALUE.because(
                        "purpose: " + Text.quoted(purpose) + " (expected: access, target, host, krl or token)")));
    }

    private enum KeyRefusal implements Refusal.Code {
        AT_ONCE(Refusal.Kind.CONFLICT, "token-key.rotates-at-once");

        private final Refusal.Kind kind;
        private final String code;

        KeyRefusal(Refusal.Kind kind, String code) {
            this.kind = kind;
            this.code = code;
        }

        @Override
        public Refusal.Kind kind() {
            return kind;
        }

        @Override
        public String code() {
            return code;
        }
    }
}
