package dev.sallyport.cli.shell;

/** The exit codes of every verb; scripts rest on them. */
public final class Exit {
    public static final int DONE = 0;
    /** Refused or failed on this machine: nobody is signed in, a file cannot be read, the server cannot be reached. */
    public static final int FAILED = 1;
    /** The server answered, and the answer was no. */
    public static final int REFUSED = 2;
    /** Not yet decided. */
    public static final int WAITING = 3;
    /** Wrong usage (EX_USAGE of sysexits). */
    public static final int USAGE = 64;

    private Exit() {}
}
