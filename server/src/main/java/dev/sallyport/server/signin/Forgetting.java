package dev.sallyport.server.signin;

import dev.sallyport.identity.SignIn;

/** Removes what no longer counts: old failures, proofs, codes, browsers. The server calls it every minute. */
public final class Forgetting {
    private final SignIn signIn;
    private final ProofStore proofs;
    private final Authorizations authorizations;
    private final ProviderAttempts attempts;

    Forgetting(SignIn signIn, ProofStore proofs, Authorizations authorizations, ProviderAttempts attempts) {
        this.signIn = signIn;
        this.proofs = proofs;
        this.authorizations = authorizations;
        this.attempts = attempts;
    }

    public void run() {
        signIn.forgetOldFailures();
        proofs.forgetOld();
        authorizations.forgetOld();
        attempts.forgetOld();
    }
}
