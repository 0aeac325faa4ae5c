package dev.sallyport.policy.code;

/** How large policies may be, so that no decision becomes slow and no file stops a server. */
final class Limits {
    /** The longest condition, in characters. */
    static final int CONDITION = 4_096;

    /** The most parts of a condition: names, values, operators. */
    static final int CONDITION_PARTS = 1_000;

    /** The deepest nesting of a condition. */
    static final int CONDITION_DEPTH = 32;

    /** What a condition may cost: one for each part, and a part inside a loop counts {@link #LOOP} times. */
    static final int COST = 200_000;

    /** How many elements a list is taken to have when costs are told beforehand. */
    static final int LOOP = 100;

    /** The most rounds that one condition goes when it is judged; one that wants more errs. */
    static final int ROUNDS = 20_000;

    static final int RULES = 1_000;
    static final int DOCUMENTS = 20_000;
    static final int STAGES = 10;
    static final int REMINDERS = 20;
    static final int NAMES = 1_000;
    static final int WINDOWS = 100;
    static final int DATES = 1_000;
    static final int CASES = 1_000;
    static final int CONSTANTS = 1_000;

    private Limits() {}
}
