package dev.sallyport.request;

import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What would come of an item that nobody has asked for yet.
 *
 * @param startsAt of its window, where there are several
 * @param stages whose word it would need
 * @param usualWait how long people lately took to decide about the role; nothing where nobody is asked or too little is known
 * @param helps what would come of asking otherwise, in sentences
 */
public record Preview(
        Role role,
        Target target,
        Optional<Instant> startsAt,
        StoredDecision decision,
        List<ApprovalStage> stages,
        Optional<UsualWait> usualWait,
        List<String> helps) {
    public Preview {
        stages = List.copyOf(stages);
        helps = List.copyOf(helps);
    }
}
