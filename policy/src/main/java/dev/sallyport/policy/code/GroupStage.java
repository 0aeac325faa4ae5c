package dev.sallyport.policy.code;

/**
 * A stage of a rule that names a group.
 *
 * @param rule {@code POLICY/RULE}
 * @param count how many people's word the stage needs
 */
public record GroupStage(String rule, int position, int count, As as) {
    /** What the group is in the stage. */
    public enum As {
        /** Its members give their word. */
        DECIDES,
        /** Its members may give it when the others are silent. */
        ESCALATION,
        /** Its members are granted what they ask for, as an emergency, when nobody answers. */
        FALLBACK
    }
}
