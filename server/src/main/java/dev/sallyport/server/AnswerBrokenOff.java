package dev.sallyport.server;

/**
 * An answer that has begun and cannot be finished. No handler turns it into a body: it reaches the container, which
 * breaks the connection, so that nobody takes half an answer for a whole one.
 */
public final class AnswerBrokenOff extends RuntimeException {
    public AnswerBrokenOff(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
