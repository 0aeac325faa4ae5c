package dev.sallyport.gateway.recorder;

/** What a recorder does when it cannot write. */
public enum RecordingMode {
    /** Nothing is passed on that was not written: the session ends. */
    STRICT,
    /** The session goes on, and the recording says what is missing. */
    BEST_EFFORT
}
