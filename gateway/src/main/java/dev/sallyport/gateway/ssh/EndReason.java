package dev.sallyport.gateway.ssh;

/** Why a session ended, as reports name it. */
enum EndReason {
    /** The client went away, as at the end of every ordinary session. */
    CLIENT("client"),
    TARGET("target"),
    GRANT_ENDED("grant-ended"),
    KILLED("killed"),
    IDLE("idle"),
    LONGEST("longest"),
    RECORDING("recording-failed"),
    UNWATCHED("unwatched"),
    DEAF("deaf"),
    WITHDRAWN("gateway-withdrawn"),
    DRAINED("drained"),
    PROTOCOL("protocol"),
    FAULT("fault");

    final String word;

    EndReason(String word) {
        this.word = word;
    }
}
