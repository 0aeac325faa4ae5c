package dev.sallyport.policy;

/** Who must approve: so many different people of one group. */
public record Approvals(String group, int count) {
    /** The most approvals a rule may demand. */
    public static final int MAX = 20;

    public Approvals {
        if (count < 1 || count > MAX) {
            throw new IllegalArgumentException("approval.count: " + count + " (expected: 1 to " + MAX + ")");
        }
    }
}
