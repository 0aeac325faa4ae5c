package dev.sallyport.identity;

/** A checked and hashed password, ready to be stored; made by {@link People#hash}. */
public final class PasswordHash {
    private final String phc;

    PasswordHash(String phc) {
        this.phc = phc;
    }

    String phc() {
        return phc;
    }
}
