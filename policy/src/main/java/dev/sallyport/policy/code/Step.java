package dev.sallyport.policy.code;

import java.util.LinkedHashMap;
import java.util.Map;

/** What one rule said, and why; for those who may know the rules, never for the requester. */
public record Step(String rule, boolean denies, Came came, String why) {
    /** What came of it. */
    public enum Came {
        MATCHED,
        NOT_MATCHED,
        REPLACED
    }

    /** As data. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("rule", rule);
        tree.put("effect", denies ? "deny" : "allow");
        tree.put("result", Demands.word(came));
        tree.put("why", why);
        return tree;
    }

    /** As a person reads it. */
    public String shown() {
        return (denies ? "deny  " : "allow ") + rule + ": " + why;
    }
}
