package dev.sallyport.spi;

/** The target could not be reached or did not do what was asked; the message is for operators and holds no secret. */
public final class TargetException extends Exception {
    public TargetException(String message) {
        super(message);
    }

    public TargetException(String message, Throwable cause) {
        super(message, cause);
    }
}
