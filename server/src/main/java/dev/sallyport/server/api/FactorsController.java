package dev.sallyport.server.api;

import dev.sallyport.base.Durations;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Secret;
import dev.sallyport.catalog.CatalogObjects;
import dev.sallyport.catalog.Kind;
import dev.sallyport.database.Database;
import dev.sallyport.identity.Enrolment;
import dev.sallyport.identity.Factors;
import dev.sallyport.identity.PasskeyProofs;
import dev.sallyport.identity.PasskeyShown;
import dev.sallyport.identity.Purpose;
import dev.sallyport.identity.StepUps;
import dev.sallyport.server.Caller;
import dev.sallyport.server.ServerConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

/** Second factors: one's own, and taking away that of who has lost it. */
@RestController
@RequestMapping("/api/v1")
final class FactorsController {
    private final Database database;
    private final Factors factors;
    private final Enrolment enrolment;
    private final StepUps stepUps;
    private final PasskeyProofs proofs;
    private final ServerConfig config;

    FactorsController(
            Database database,
            Factors factors,
            Enrolment enrolment,
            StepUps stepUps,
            PasskeyProofs proofs,
            ServerConfig config) {
        this.database = database;
        this.factors = factors;
        this.enrolment = enrolment;
        this.stepUps = stepUps;
        this.proofs = proofs;
        this.config = config;
    }

    record TotpCodeJson(@Nullable String code) {
        @Override
        public String toString() {
            return "TotpCodeJson[code=[secret]]";
        }

        Secret required() {
            return Secret.of(RequestsController.required("code", code));
        }
    }

    /** @param enrolmentCodeWanted whether there is no second factor at all, and a first one wants a one-time code first */
    record TotpStatusJson(
            boolean enrolled, @Nullable Instant enrolledAt, long recoveryCodes, boolean enrolmentCodeWanted) {}

    record TotpOfferJson(String uri, Instant expiresAt) {
        @Override
        public String toString() {
            return "TotpOfferJson[uri=[secret]]";
        }
    }

    record RecoveryCodesJson(List<String> recoveryCodes) {
        static RecoveryCodesJson of(List<Secret> codes) {
            return new RecoveryCodesJson(codes.stream().map(Secret::reveal).toList());
        }

        @Override
        public String toString() {
            return "RecoveryCodesJson[recoveryCodes=[secret]]";
        }
    }

    /** What a browser says of a passkey that was shown; bytes in base 64 for URLs. */
    record PasskeyShownJson(
            @Nullable String id,
            @Nullable String clientData,
            @Nullable String authenticatorData,
            @Nullable String signature,
            @Nullable String userHandle) {
        PasskeyShown shown() {
            return new PasskeyShown(
                    RequestsController.required("id", id),
                    RequestsController.required("client_data", clientData),
                    RequestsController.required("authenticator_data", authenticatorData),
                    RequestsController.required("signature", signature),
                    Optional.ofNullable(userHandle));
        }
    }

    /**
     * Either a code or a passkey.
     *
     * @param also more calls that it is shown for
     */
    record StepUpJson(
            @Nullable String code,
            @Nullable PasskeyShownJson passkey,

            @com.fasterxml.jackson.annotation.JsonProperty("for") @Nullable
            String purpose,

            @Nullable List<String> also) {
        @Override
        public String toString() {
            return "StepUpJson[code=[secret]]";
        }
    }

    /** @param also the proofs for what stood in {@code also}, in that order */
    record StepUpProofJson(String proof, Instant expiresAt, List<String> also) {
        static StepUpProofJson of(List<StepUps.Proof> proofs) {
            return new StepUpProofJson(
                    proofs.getFirst().token().reveal(),
                    proofs.getFirst().expiresAt(),
                    proofs.stream().skip(1).map(proof -> proof.token().reveal()).toList());
        }

        @Override
        public String toString() {
            return "StepUpProofJson[proof=[secret]]";
        }
    }

    record FactorResetJson(@Nullable String reason) {}

    /** @param duration how long it is good, such as {@code 8h} */
    record EnrolmentCodeAskJson(
            @Nullable String reason, @Nullable String duration) {}

    record EnrolmentCodeJson(String person, String code, Instant expiresAt) {
        @Override
        public String toString() {
            return "EnrolmentCodeJson[code=[secret]]";
        }
    }

    /** @param until how long the session may enrol a first second factor */
    record EnrolmentOpenJson(Instant until) {}

    @SignedIn
    @Summary(
            value =
                    "Show the one-time code that an administrator made: for a while this session may enrol a first factor",
            refuses = {"auth.sign-in-too-old", "factor.wrong-code", "factor.throttled"})
    @PostMapping("/me/enrolment-code")
    EnrolmentOpenJson enrolmentCode(Caller caller, @RequestBody TotpCodeJson body) {
        return new EnrolmentOpenJson(enrolment.redeem(caller.actor(), caller.personId(), body.required()));
    }

    @SignedIn
    @Summary("Whether the caller has a second factor here")
    @GetMapping("/me/totp")
    TotpStatusJson status(Caller caller) {
        Factors.Status status = factors.status(caller.actor(), caller.personId());
        return new TotpStatusJson(
                status.enrolledAt().isPresent(),
                status.enrolledAt().orElse(null),
                status.recoveryCodes(),
                status.enrolmentCodeWanted());
    }

    @SignedIn
    @Summary(
            value =
                    "Offer a secret to the caller's authenticator app; who has one shows a code of it, who has a passkey that",
            refuses = {
                "auth.sign-in-too-old",
                "factor.enrolment-code-wanted",
                "auth.step-up-required",
                "auth.step-up-invalid",
                "factor.code-needed",
                "factor.no-password",
                "factor.wrong-code",
                "factor.throttled"
            })
    @PostMapping("/me/totp")
    @ResponseStatus(HttpStatus.CREATED)
    TotpOfferJson offer(
            Caller caller,
            @RequestBody TotpCodeJson body,
            @RequestHeader(name = RequestsController.STEP_UP, required = false) @Nullable String proof) {
        Factors.Offer offer = factors.offer(
                caller.actor(),
                caller.personId(),
                config.url().getHost(),
                Optional.ofNullable(body.code()).map(Secret::of),
                Optional.ofNullable(proof).map(Secret::of));
        return new TotpOfferJson(offer.uri().reveal(), offer.expiresAt());
    }

    @SignedIn
    @Summary(
            value = "Show the first code of what was offered: it counts from now on; tells ten recovery codes, once",
            refuses = {"factor.not-offered", "factor.wrong-code", "factor.throttled"})
    @PostMapping("/me/totp/confirm")
    RecoveryCodesJson confirm(Caller caller, @RequestBody TotpCodeJson body) {
        return RecoveryCodesJson.of(factors.confirm(caller.actor(), caller.personId(), body.required()));
    }

    @SignedIn
    @Summary(
            value = "Take the own authenticator away, for a code of it",
            refuses = {"factor.none", "factor.wrong-code", "factor.throttled"})
    @PostMapping("/me/totp/remove")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(Caller caller, @RequestBody TotpCodeJson body) {
        factors.remove(caller.actor(), caller.personId(), body.required());
    }

    @SignedIn
    @Summary(
            value = "Ten new recovery codes, told once, for a code; earlier ones stop counting",
            refuses = {"factor.none", "factor.wrong-code", "factor.throttled"})
    @PostMapping("/me/totp/recovery-codes")
    RecoveryCodesJson recoveryCodes(Caller caller, @RequestBody TotpCodeJson body) {
        return RecoveryCodesJson.of(factors.renewCodes(caller.actor(), caller.personId(), body.required()));
    }

    @SignedIn
    @Summary(
            value =
                    "Show a code or a passkey for one call that wants a fresh second factor, or for several that are named"
                            + " together: gives a proof for each, good once for that call",
            refuses = {"factor.none", "factor.wrong-code", "factor.throttled", "passkey.refused"})
    @PostMapping("/me/step-up")
    @ResponseStatus(HttpStatus.CREATED)
    StepUpProofJson stepUp(Caller caller, @RequestBody StepUpJson body) {
        List<Purpose> purposes = purposes(body.purpose(), body.also());
        if (body.code() != null && body.passkey() != null) {
            throw InputRefusal.INVALID_VALUE.because("code, passkey: both (expected: one of them)");
        }
        return StepUpProofJson.of(
                body.passkey() == null
                        ? stepUps.prove(
                                caller.actor(),
                                caller.personId(),
                                Secret.of(RequestsController.required("code", body.code())),
                                purposes)
                        : proofs.prove(
                                caller.actor(),
                                caller.personId(),
                                body.passkey().shown(),
                                purposes));
    }

    /** What a factor is shown for: one call, or as many as may be named together. */
    static List<Purpose> purposes(@Nullable String first, @Nullable List<String> also) {
        var purposes = new ArrayList<Purpose>();
        purposes.add(new Purpose(RequestsController.required("for", first)));
        if (also != null) {
            also.forEach(more -> purposes.add(new Purpose(more)));
        }
        if (purposes.size() > StepUps.MOST) {
            throw InputRefusal.INVALID_VALUE.because(
                    "also: " + (purposes.size() - 1) + " more calls (expected: at most " + (StepUps.MOST - 1) + ")");
        }
        return purposes;
    }

    @Needs("person.reset-factor")
    @Summary(
            value = "Make a one-time code by which a person enrols their first second factor; told once",
            refuses = {
                "person.unknown",
                "person.administers-more",
                "person.blocked",
                "factor.no-password",
                "factor.present",
                "factor.code-for-oneself"
            })
    @PostMapping("/people/{name}/enrolment-code")
    @ResponseStatus(HttpStatus.CREATED)
    EnrolmentCodeJson makeEnrolmentCode(
            Caller caller, @PathVariable String name, @RequestBody EnrolmentCodeAskJson body) {
        String reason = RequestsController.required("reason", body.reason());
        Duration life = body.duration() == null ? Enrolment.CODE_LIFE : Durations.parse("duration", body.duration());
        return database.change(caller.actor(), tx -> {
            String person = CatalogObjects.name(tx, Kind.PERSON, name);
            Enrolment.Code code = enrolment.make(tx, caller.personId(), caller.rights(), person, reason, life);
            return new EnrolmentCodeJson(person, code.code().reveal(), code.expiresAt());
        });
    }

    @Needs("person.reset-factor")
    @Summary(
            value = "Take away the second factor of a person who has lost it; their sessions end",
            refuses = {"person.unknown", "person.administers-more", "factor.none", "factor.reset-own"})
    @PostMapping("/people/{name}/factor-reset")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void reset(Caller caller, @PathVariable String name, @RequestBody FactorResetJson body) {
        String reason = RequestsController.required("reason", body.reason());
        database.run(
                caller.actor(),
                tx -> factors.reset(
                        tx, caller.personId(), caller.rights(), CatalogObjects.name(tx, Kind.PERSON, name), reason));
    }
}
