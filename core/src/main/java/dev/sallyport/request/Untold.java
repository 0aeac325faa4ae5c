package dev.sallyport.request;

/** Why nobody could be told that a stage waits for them. */
public enum Untold {
    /** No channel reaches any of its people. */
    NO_CHANNEL("no channel reaches any of those who could decide it"),
    /** What tells them was given up. */
    NOT_DELIVERED("what tells those who could decide it could not be delivered");

    private final String sentence;

    Untold(String sentence) {
        this.sentence = sentence;
    }

    /** For both sides; it names no channel and no address. */
    public String sentence() {
        return sentence;
    }
}
