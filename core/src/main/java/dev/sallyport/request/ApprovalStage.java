package dev.sallyport.request;

import dev.sallyport.policy.code.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whose word an item needs, and how far that is. Stages of one position wait together; those of the next wait for them.
 *
 * @param number counts from 1, in the order of positions
 * @param escalateAfter how long it waits for these people alone
 * @param escalateTo who may decide it as well then; nobody: it is passed over, and the next position's word is enough
 * @param escalatesAt when that is, once it is open
 * @param fallback to whom it is granted as an emergency when nobody answers; {@code fallbackAt} is when that is due, and
 *     {@code fellBackAt} when it came about
 * @param escalatesUnheard of a decision service's stage: its silence lets others decide, and does not deny
 * @param unheardAt when the service was given up
 * @param reminders how often its people are reminded
 * @param given how many approvals count now
 * @param untold why nobody could be told that it waits
 */
public record ApprovalStage(
        int number,
        int position,
        State state,
        Approvers by,
        int needed,
        Optional<Duration> escalateAfter,
        Approvers escalateTo,
        Optional<Instant> escalatesAt,
        Optional<Instant> escalatedAt,
        Optional<Stage.Fallback> fallback,
        Optional<Instant> fallbackAt,
        Optional<Instant> fellBackAt,
        boolean escalatesUnheard,
        Optional<Instant> unheardAt,
        Stage.Reminders reminders,
        int given,
        Optional<Untold> untold) {
    /** How far a stage is. */
    public enum State {
        WAITING,
        OPEN,
        DONE,
        PASSED
    }

    /** One stage, for any one member of these groups. */
    static ApprovalStage by(List<String> groups) {
        return new ApprovalStage(
                1,
                1,
                State.WAITING,
                new Approvers(groups, List.of()),
                1,
                Optional.empty(),
                Approvers.NOBODY,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Stage.Reminders.USUAL,
                0,
                Optional.empty());
    }

    /** Who may decide it at the moment. */
    public Approvers approvers() {
        return escalatedAt.isPresent() ? by.and(escalateTo) : by;
    }

    /** As a person reads it: {@code 2 approvals by leads}. */
    public String shown() {
        return needed
                + (needed == 1 ? " approval by " : " approvals by ")
                + approvers().shown();
    }

    /** Whether nobody could ever decide it. */
    boolean comesToNobody() {
        return by.isNobody() && escalateTo.isNobody();
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Whether people are asked: no service's stage, or one that others may decide by now. */
    boolean waitsForPeople() {
        return by.service().isEmpty() || escalatedAt.isPresent();
    }

    /**
     * Whether what became of this one would be enough for the other: none but its people and as many, and where it was passed
     * over or others joined, the other allows that after as long a time.
     */
    boolean covers(ApprovalStage wanted) {
        boolean sameWord = wanted.by.include(by) && needed >= wanted.needed;
        if (fellBackAt.isPresent()
                && !(wanted.fallback.isPresent()
                        && fallback.isPresent()
                        && wanted.fallback
                                .get()
                                .groups()
                                .containsAll(fallback.get().groups())
                        && wanted.fallback
                                        .get()
                                        .after()
                                        .compareTo(fallback.get().after())
                                <= 0)) {
            return false;
        }
        if (!sameWord || escalatedAt.isEmpty()) {
            return sameWord && state != State.PASSED;
        }
        if (unheardAt.isPresent()) {
            return wanted.escalatesUnheard && wanted.escalateTo.equals(escalateTo);
        }
        boolean asPatient = wanted.escalateAfter.isPresent()
                && escalateAfter.isPresent()
                && wanted.escalateAfter.get().compareTo(escalateAfter.get()) <= 0;
        return asPatient && wanted.escalateTo.equals(escalateTo);
    }
}
