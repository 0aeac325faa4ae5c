package dev.sallyport.gateway.ssh;

import java.util.logging.Level;

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

    /** A warning where something is wrong with the gateway or around it, and not where somebody wanted it so. */
    Level level() {
        return switch (this) {
            case CLIENT, TARGET, GRANT_ENDED, KILLED, IDLE, LONGEST, UNWATCHED, DRAINED -> Level.INFO;
            case RECORDING, DEAF, WITHDRAWN, PROTOCOL, FAULT -> Level.WARNING;
        };
    }
}
