package dev.sallyport.identity;

import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A proof of possession (RFC 9449) that came with one call and is right in all but one thing: whether it came before. That
 * is settled once, either by itself ({@link #spend}) or in the transaction of what the call does ({@link SeenProofs#spend}),
 * and whoever wants to know later hears the same.
 *
 * <p>Nothing that rests on the call may leave before {@link #spend} has returned.
 */
public final class UnspentProof {
    private final Optional<SeenProofs> seen;
    private final String hash;
    private final Instant forgottenAt;
    private final BooleanSupplier late;
    private final Supplier<? extends RuntimeException> usedBefore;
    private volatile State state;

    private enum State {
        UNSPENT,
        SPENT,
        USED_BEFORE
    }

    private UnspentProof(
            Optional<SeenProofs> seen,
            String hash,
            Instant forgottenAt,
            BooleanSupplier late,
            Supplier<? extends RuntimeException> usedBefore,
            State state) {
        this.seen = seen;
        this.hash = hash;
        this.forgottenAt = forgottenAt;
        this.late = late;
        this.usedBefore = usedBefore;
        this.state = state;
    }

    static UnspentProof of(
            SeenProofs seen,
            String hash,
            Instant forgottenAt,
            BooleanSupplier late,
            Supplier<? extends RuntimeException> usedBefore) {
        return new UnspentProof(Optional.of(seen), hash, forgottenAt, late, usedBefore, State.UNSPENT);
    }

    /** Where there is nothing to spend: nobody called over the network. */
    public static UnspentProof none() {
        return new UnspentProof(
                Optional.empty(),
                "",
                Instant.EPOCH,
                () -> false,
                () -> {
                    throw new IllegalStateException("nothing was used");
                },
                State.SPENT);
    }

    /**
     * Spends it in a transaction of its own, unless it is spent already.
     *
     * @throws RuntimeException what its maker says of a proof that was used before; again each time
     */
    public void spend() {
        if (state == State.UNSPENT) {
            settle(seen.orElseThrow().remember(this));
        }
        if (state == State.USED_BEFORE) {
            throw wasUsedBefore();
        }
    }

    RuntimeException wasUsedBefore() {
        return usedBefore.get();
    }

    /** Notes what a transaction that is durable has found. */
    void settle(boolean first) {
        state = first ? State.SPENT : State.USED_BEFORE;
    }

    boolean isUnspent() {
        return state == State.UNSPENT;
    }

    boolean isSpent() {
        return state == State.SPENT;
    }

    /** Whether too long ago it was checked for it to be spent now. */
    boolean isLate() {
        return late.getAsBoolean();
    }

    String hash() {
        return hash;
    }

    Instant forgottenAt() {
        return forgottenAt;
    }
}
