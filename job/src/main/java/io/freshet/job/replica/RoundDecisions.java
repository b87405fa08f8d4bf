package io.freshet.job.replica;

import io.freshet.job.replica.GroupReducer.Decision;
import io.freshet.learning.replica.Closing;
import io.freshet.learning.replica.ReducerState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides when the rounds of a model close, and with which contributions.
 *
 * <p>The first merged point of a round in the rounds topic is the decision, for every reader. So a reducer that was restored reads all of
 * them before it decides itself, and closes the rounds that the topic has with the same contributions, and with the same change of the
 * specification. Otherwise, a round closes when each replica
 * that is due has contributed, or without those that have not, {@code idle} after it could have closed with the others.
 */
final class RoundDecisions {
    /** No time. */
    static final long NEVER = Long.MAX_VALUE;

    private final ReducerState state;
    /** Decisions made here that were not read from the topic. */
    private final Map<Long, Closing> unconfirmed = new HashMap<>();

    private boolean caughtUp;
    /** Since when contributions wait for the next round to close. */
    private long waitingSince = NEVER;

    /** When the next round closes without the replicas that it waits for. */
    private long due = NEVER;

    /** @param caughtUp whether the topic has no decisions */
    RoundDecisions(ReducerState state, boolean caughtUp) {
        this.state = state;
        this.caughtUp = caughtUp;
    }

    /**
     * Receives a decision of the topic.
     *
     * @throws IllegalStateException if the round was closed here in another way
     */
    void received(Closing closing) {
        Closing own = unconfirmed.get(closing.round());
        if (own == null) {
            state.closed(closing);
        } else if (own.equals(closing)) {
            unconfirmed.remove(closing.round());
        } else {
            throw new IllegalStateException("round " + closing.round() + ": closed with " + own + " (expected: "
                    + closing + ", as an earlier run of the job has closed it)");
        }
    }

    /** Records that the topic was read to its end. */
    void caughtUp() {
        caughtUp = true;
    }

    /** Returns whether there may be, or are, decisions of the topic for rounds that are not closed. */
    boolean isCatchingUp() {
        return !caughtUp || state.hasClosings();
    }

    /**
     * Decides how to close the next round; returns null to wait.
     *
     * @param idleMillis how long to wait for a replica; 0 for no limit
     * @param announced specification, as YAML; null for none
     */
    @Nullable Decision next(long now, long idleMillis, @Nullable String announced) {
        Closing logged = state.closing();
        if (logged != null) {
            return state.available().containsAll(logged.members())
                    ? decided(new Decision(logged, List.of(), false))
                    : null;
        }
        if (!caughtUp || !state.hasUnmerged()) {
            return null;
        }
        waitingSince = Math.min(waitingSince, now);
        due = idleMillis == 0 ? NEVER : waitingSince + idleMillis;
        List<Integer> awaited = state.awaited();
        if (!awaited.isEmpty() && now < due) {
            return null;
        }
        Closing own = state.nextClosing(announced);
        unconfirmed.put(own.round(), own);
        return decided(new Decision(own, awaited, true));
    }

    private Decision decided(Decision next) {
        waitingSince = NEVER;
        due = NEVER;
        return next;
    }

    /** Returns when the next round closes without the replicas that it waits for. */
    long due() {
        return due;
    }
}
