package dev.sallyport.server.portal;

/** The colours of the states that things can be in. */
final class States {
    private States() {}

    static Cell.Tone tone(String state) {
        return switch (state) {
            case "active",
                    "approved",
                    "issued",
                    "complete",
                    "open",
                    "allow",
                    "allow now",
                    "success",
                    "done",
                    "as expected",
                    "closed ok" -> Cell.Tone.GOOD;
            case "pending",
                    "scheduled",
                    "ending",
                    "closing",
                    "issuing",
                    "approval",
                    "needs approval",
                    "warned",
                    "is warned of",
                    "paused" -> Cell.Tone.WAIT;
            case "denied",
                    "deny",
                    "refused",
                    "failed",
                    "failure",
                    "stuck",
                    "missing",
                    "cut short",
                    "quarantined",
                    "compromised",
                    "ends",
                    "otherwise",
                    "does not begin",
                    "overdue" -> Cell.Tone.BAD;
            case "break-glass", "emergency" -> Cell.Tone.URGENT;
            default -> Cell.Tone.PLAIN;
        };
    }
}
