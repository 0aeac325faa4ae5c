package dev.sallyport.identity;

/**
 * Judges what authenticators and browsers say, by the rules of WebAuthn level 3: ceremony, challenge, origin, host name, that
 * somebody was present <em>and</em> verified, algorithm, signature, counter. Pure; implemented where the library is.
 */
public interface PasskeyCheck {
    /** What is said of a passkey that has just been made. */
    Judged<Made> made(PasskeyPlace place, byte[] challenge, PasskeyMade made);

    /** What is said with a passkey whose public key we have. */
    Judged<Seen> seen(PasskeyPlace place, byte[] challenge, PasskeyShown shown, Key key);

    /** What a judgement comes to. */
    sealed interface Judged<T> {}

    record Fit<T>(T what) implements Judged<T> {}

    record Unfit<T>(Flaw flaw) implements Judged<T> {}

    /** What was wrong; for the audit log, and told to nobody else. */
    enum Flaw {
        FORM,
        CEREMONY,
        CHALLENGE,
        ORIGIN,
        HOST,
        NOT_PRESENT,
        NOT_VERIFIED,
        ALGORITHM,
        BACKUP,
        SIGNATURE,
        COUNTER,
        OTHER
    }

    /**
     * @param id how the authenticator calls it
     * @param credential what has to be kept of it
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes as stored, never compared
    record Made(byte[] id, byte[] credential, long counter, boolean backupEligible, boolean backedUp) {}

    /** @param credential as {@link Made} said */
    @SuppressWarnings("ArrayRecordComponent") // bytes as stored, never compared
    record Key(byte[] credential, long counter, boolean backupEligible, boolean backedUp) {}

    record Seen(long counter, boolean backedUp) {}
}
