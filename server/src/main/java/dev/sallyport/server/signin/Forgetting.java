package dev.sallyport.server.signin;

import dev.sallyport.identity.PasskeyProofs;
import dev.sallyport.identity.SeenProofs;
import dev.sallyport.identity.SignIn;
import dev.sallyport.identity.StepUps;

/** Removes what no longer counts: old failures, proofs, codes, browsers. The server calls it every minute. */
public final class Forgetting {
    private final SignIn signIn;
    private final SeenProofs proofs;
    private final Authorizations authorizations;
    private final ProviderAttempts attempts;
    private final StepUps stepUps;
    private final PasskeyProofs passkeys;

    Forgetting(
            SignIn signIn,
            SeenProofs proofs,
            Authorizations authorizations,
            ProviderAttempts attempts,
            StepUps stepUps,
            PasskeyProofs passkeys) {
        this.signIn = signIn;
        this.proofs = proofs;
        this.authorizations = authorizations;
        this.attempts = attempts;
        this.stepUps = stepUps;
        this.passkeys = passkeys;
    }

    public void run() {
        signIn.forgetOldFailures();
        proofs.forgetOld();
        authorizations.forgetOld();
        attempts.forgetOld();
        stepUps.forgetOld();
        passkeys.forgetOld();
    }
}
