package dev.sallyport.request;

import java.util.List;

/** Why a grant that nobody agreed to counts as an emergency, if it does. */
public enum Emergency {
    NONE,
    /** Somebody broke glass. */
    BREAK_GLASS,
    /** An incident was open for which a rule wants nobody's word. */
    INCIDENT,
    /** Nobody answered, not even those who were asked after some time, and a policy grants it then. */
    FALLBACK;

    public boolean isOne() {
        return this != NONE;
    }

    /** What somebody did who was granted it so, as a sentence goes on after their name. */
    public String how(List<String> incidents) {
        return switch (this) {
            case NONE, BREAK_GLASS -> "broke glass";
            case INCIDENT -> "got in without approval because of " + String.join(", ", incidents);
            case FALLBACK -> "got in because nobody answered";
        };
    }
}
