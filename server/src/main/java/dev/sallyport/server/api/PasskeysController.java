package dev.sallyport.server.api;

import dev.sallyport.base.Secret;
import dev.sallyport.identity.Passkey;
import dev.sallyport.identity.PasskeyMade;
import dev.sallyport.identity.PasskeyProofs;
import dev.sallyport.identity.Passkeys;
import dev.sallyport.server.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** One's own passkeys. Making and showing one takes a browser; what it says is sent here. */
@RestController
@RequestMapping("/api/v1/me")
final class PasskeysController {
    private final Passkeys passkeys;
    private final PasskeyProofs proofs;

    PasskeysController(Passkeys passkeys, PasskeyProofs proofs) {
        this.passkeys = passkeys;
        this.proofs = proofs;
    }

    record PasskeyJson(
            String id,
            String name,
            Instant madeAt,
            @Nullable Instant lastUsedAt,
            boolean synced,
            boolean backedUp) {
        static PasskeyJson of(Passkey passkey) {
            return new PasskeyJson(
                    passkey.id(),
                    passkey.name(),
                    passkey.madeAt(),
                    passkey.lastUsedAt().orElse(null),
                    passkey.synced(),
                    passkey.backedUp());
        }
    }

    /** @param possible whether passkeys can be made and shown at the address of this server */
    record PasskeysJson(List<PasskeyJson> items, boolean possible) {}

    /** @param publicKey for {@code navigator.credentials}, in the JSON of WebAuthn level 3 */
    record PasskeyOptionsJson(Map<String, Object> publicKey) {}

    record PasskeyMadeJson(
            @Nullable String name,
            @Nullable String clientData,
            @Nullable String attestation,
            @Nullable List<String> transports) {
        PasskeyMade made() {
            return new PasskeyMade(
                    RequestsController.required("client_data", clientData),
                    RequestsController.required("attestation", attestation),
                    transports == null ? List.of() : transports);
        }
    }

    record PasskeyNameJson(@Nullable String name) {}

    record PasskeyPurposeJson(
            @com.fasterxml.jackson.annotation.JsonProperty("for") @Nullable
            String purpose,

            @Nullable List<String> also) {}

    @SignedIn
    @Summary("The caller's passkeys")
    @GetMapping("/passkeys")
    PasskeysJson list(Caller caller) {
        return new PasskeysJson(
                passkeys.list(caller.personId()).stream().map(PasskeyJson::of).toList(), proofs.possible());
    }

    @SignedIn
    @Summary(
            value = "What a browser needs to make a passkey for the caller; who has a second factor proves it",
            refuses = {
                "auth.sign-in-too-old",
                "factor.enrolment-code-wanted",
                "auth.step-up-required",
                "auth.step-up-invalid",
                "passkey.no-host-name",
                "passkey.provider-only",
                "passkey.too-many"
            })
    @PostMapping("/passkeys/options")
    @ResponseStatus(HttpStatus.CREATED)
    PasskeyOptionsJson offer(
            Caller caller, @RequestHeader(name = RequestsController.STEP_UP, required = false) @Nullable String proof) {
        return new PasskeyOptionsJson(passkeys.offer(caller.actor(), caller.personId(), secret(proof)));
    }

    @SignedIn
    @Summary(
            value = "Register the passkey that was made: from now on it signs in, and a password alone does not",
            refuses = {"passkey.refused", "passkey.registered-already", "passkey.too-many"})
    @PostMapping("/passkeys")
    @ResponseStatus(HttpStatus.CREATED)
    PasskeyJson register(Caller caller, @RequestBody PasskeyMadeJson body) {
        return PasskeyJson.of(passkeys.register(
                caller.actor(), caller.personId(), RequestsController.required("name", body.name()), body.made()));
    }

    @SignedIn
    @Summary(
            value = "Call an own passkey by another name",
            refuses = {"passkey.unknown"})
    @PostMapping("/passkeys/{id}/rename")
    PasskeyJson rename(Caller caller, @PathVariable String id, @RequestBody PasskeyNameJson body) {
        return PasskeyJson.of(passkeys.rename(
                caller.actor(), caller.personId(), id, RequestsController.required("name", body.name())));
    }

    @SignedIn
    @Summary(
            value = "Take an own passkey away, for a proof of a second factor",
            refuses = {"passkey.unknown", "passkey.last", "auth.step-up-required", "auth.step-up-invalid"})
    @PostMapping("/passkeys/{id}/remove")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(
            Caller caller,
            @PathVariable String id,
            @RequestHeader(name = RequestsController.STEP_UP, required = false) @Nullable String proof) {
        passkeys.remove(caller.actor(), caller.personId(), id, secret(proof));
    }

    @SignedIn
    @Summary(
            value =
                    "What a browser needs to show an own passkey for one call that wants a fresh second factor, or several",
            refuses = {"factor.none", "passkey.no-host-name"})
    @PostMapping("/step-up/passkey")
    @ResponseStatus(HttpStatus.CREATED)
    PasskeyOptionsJson stepUp(Caller caller, @RequestBody PasskeyPurposeJson body) {
        return new PasskeyOptionsJson(proofs.offer(
                caller.actor(), caller.personId(), FactorsController.purposes(body.purpose(), body.also())));
    }

    private static Optional<Secret> secret(@Nullable String proof) {
        return Optional.ofNullable(proof).map(Secret::of);
    }
}
