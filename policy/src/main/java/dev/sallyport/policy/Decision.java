package dev.sallyport.policy;

import java.util.List;

/** What policy says to one item of a request, with the sentences that explain it to the person who asked. */
public sealed interface Decision {
    Obligations obligations();

    List<String> explanation();

    record Deny(List<String> explanation, Obligations obligations) implements Decision {
        public Deny {
            explanation = List.copyOf(explanation);
        }
    }

    record Allow(Obligations obligations, List<String> explanation) implements Decision {
        public Allow {
            explanation = List.copyOf(explanation);
        }
    }

    record NeedsApproval(Approvals approvals, Obligations obligations, List<String> explanation) implements Decision {
        public NeedsApproval {
            explanation = List.copyOf(explanation);
        }
    }
}
