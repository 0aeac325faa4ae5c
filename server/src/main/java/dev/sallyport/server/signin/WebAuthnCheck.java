package dev.sallyport.server.signin;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.exception.DataConversionException;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticationRequest;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.RegistrationRequest;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.util.exception.WebAuthnException;
import com.webauthn4j.verifier.exception.BadAlgorithmException;
import com.webauthn4j.verifier.exception.BadBackupEligibleFlagException;
import com.webauthn4j.verifier.exception.BadChallengeException;
import com.webauthn4j.verifier.exception.BadOriginException;
import com.webauthn4j.verifier.exception.BadRpIdException;
import com.webauthn4j.verifier.exception.BadSignatureException;
import com.webauthn4j.verifier.exception.CrossOriginException;
import com.webauthn4j.verifier.exception.IllegalBackupStateException;
import com.webauthn4j.verifier.exception.InconsistentClientDataTypeException;
import com.webauthn4j.verifier.exception.MaliciousCounterValueException;
import com.webauthn4j.verifier.exception.MissingChallengeException;
import com.webauthn4j.verifier.exception.NotAllowedAlgorithmException;
import com.webauthn4j.verifier.exception.UserNotPresentException;
import com.webauthn4j.verifier.exception.UserNotVerifiedException;
import dev.sallyport.identity.PasskeyCheck;
import dev.sallyport.identity.PasskeyMade;
import dev.sallyport.identity.PasskeyPlace;
import dev.sallyport.identity.PasskeyShown;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** By WebAuthn4J. What authenticators say of their make (attestation) is read and not judged: any is as good as another. */
final class WebAuthnCheck implements PasskeyCheck {
    private static final boolean VERIFIED = true;
    private static final boolean PRESENT = true;

    private static final List<PublicKeyCredentialParameters> ALGORITHMS =
            List.of(COSEAlgorithmIdentifier.EdDSA, COSEAlgorithmIdentifier.ES256, COSEAlgorithmIdentifier.RS256)
                    .stream()
                    .map(algorithm -> new PublicKeyCredentialParameters(PublicKeyCredentialType.PUBLIC_KEY, algorithm))
                    .toList();

    private final ObjectConverter converter = new ObjectConverter();
    private final AttestedCredentialDataConverter credentials = new AttestedCredentialDataConverter(converter);
    private final WebAuthnManager manager = WebAuthnManager.createNonStrictWebAuthnManager(converter);

    @Override
    public Judged<Made> made(PasskeyPlace place, byte[] challenge, PasskeyMade made) {
        return judged(() -> {
            RegistrationData data = manager.verify(
                    new RegistrationRequest(made.attestationBytes(), made.clientDataBytes()),
                    new RegistrationParameters(server(place, challenge), ALGORITHMS, VERIFIED, PRESENT));
            AuthenticatorData<?> said =
                    required(required(data.getAttestationObject()).getAuthenticatorData());
            AttestedCredentialData credential = required(said.getAttestedCredentialData());
            return new Made(
                    credential.getCredentialId(),
                    credentials.convert(credential),
                    said.getSignCount(),
                    said.isFlagBE(),
                    said.isFlagBS());
        });
    }

    @Override
    public Judged<Seen> seen(PasskeyPlace place, byte[] challenge, PasskeyShown shown, Key key) {
        return judged(() -> {
            var known = new CredentialRecordImpl(
                    new NoneAttestationStatement(),
                    VERIFIED,
                    key.backupEligible(),
                    key.backedUp(),
                    key.counter(),
                    credentials.convert(key.credential()),
                    null,
                    null,
                    null,
                    Set.of());
            AuthenticationData data = manager.verify(
                    new AuthenticationRequest(
                            shown.idBytes(),
                            shown.authenticatorDataBytes(),
                            shown.clientDataBytes(),
                            shown.signatureBytes()),
                    new AuthenticationParameters(server(place, challenge), known, null, VERIFIED, PRESENT));
            AuthenticatorData<?> said = required(data.getAuthenticatorData());
            return new Seen(said.getSignCount(), said.isFlagBS());
        });
    }

    private static ServerProperty server(PasskeyPlace place, byte[] challenge) {
        return ServerProperty.builder()
                .origin(Origin.create(place.origin()))
                .rpId(place.host())
                .challenge(new DefaultChallenge(challenge))
                .build();
    }

    private static <T> T required(@org.jspecify.annotations.Nullable T part) {
        if (part == null) {
            throw new DataConversionException("a part is missing");
        }
        return part;
    }

    /** Whatever the library throws at what strangers sent is a flaw of that, and lets nobody in. */
    private static <T> Judged<T> judged(Supplier<T> check) {
        try {
            return new Fit<>(check.get());
        } catch (WebAuthnException flaw) {
            return new Unfit<>(flaw(flaw));
        } catch (RuntimeException _) {
            // bytes that a stranger made up may trip anything that reads them
            return new Unfit<>(Flaw.FORM);
        }
    }

    private static Flaw flaw(WebAuthnException thrown) {
        return switch (thrown) {
            case DataConversionException _ -> Flaw.FORM;
            case InconsistentClientDataTypeException _ -> Flaw.CEREMONY;
            case BadChallengeException _, MissingChallengeException _ -> Flaw.CHALLENGE;
            case BadOriginException _, CrossOriginException _ -> Flaw.ORIGIN;
            case BadRpIdException _ -> Flaw.HOST;
            case UserNotPresentException _ -> Flaw.NOT_PRESENT;
            case UserNotVerifiedException _ -> Flaw.NOT_VERIFIED;
            case BadAlgorithmException _, NotAllowedAlgorithmException _ -> Flaw.ALGORITHM;
            case BadBackupEligibleFlagException _, IllegalBackupStateException _ -> Flaw.BACKUP;
            case BadSignatureException _ -> Flaw.SIGNATURE;
            case MaliciousCounterValueException _ -> Flaw.COUNTER;
            default -> Flaw.OTHER;
        };
    }
}
