package dev.sallyport.cli.shell;

import org.jspecify.annotations.Nullable;

/** Why a command ends without having done its work: an exit code, a stable code, a sentence and perhaps a hint. */
public final class Failure extends RuntimeException {
    private final int exit;
    private final String code;
    private final @Nullable String hint;

    private Failure(int exit, String code, String sentence, @Nullable String hint) {
        super(sentence, null, false, false);
        this.exit = exit;
        this.code = code;
        this.hint = hint;
    }

    /** Refused or failed on this machine. */
    public static Failure here(String code, String sentence, @Nullable String hint) {
        return new Failure(Exit.FAILED, code, sentence, hint);
    }

    /** The server said no. */
    public static Failure refused(String code, String sentence, @Nullable String hint) {
        return new Failure(Exit.REFUSED, code, sentence, hint);
    }

    /** The command line makes no sense. */
    public static Failure usage(String sentence, @Nullable String hint) {
        return new Failure(Exit.USAGE, "usage", sentence, hint);
    }

    public int exit() {
        return exit;
    }

    public String code() {
        return code;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }

    public @Nullable String hint() {
        return hint;
    }
}
