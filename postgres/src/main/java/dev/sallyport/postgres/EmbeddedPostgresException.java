package dev.sallyport.postgres;

/** The database could not be prepared, started or stopped; the message names its folder, what failed and what its log says last. */
public final class EmbeddedPostgresException extends RuntimeException {
    EmbeddedPostgresException(String sentence) {
        super(sentence);
    }

    EmbeddedPostgresException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
