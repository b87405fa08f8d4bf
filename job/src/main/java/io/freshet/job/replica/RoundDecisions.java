package io.freshet.job.replica;

import io.freshet.learning.replica.Member;
import io.freshet.learning.replica.MergedPoint.Closing;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides when the rounds of a model close, and with which contributions.
 *
 * <p>The first merged point of a round in the rounds topic is the decision, for every reader, or with reducers of blocks, the first
 * record that closes it. So a reducer that was restored reads all of them before it decides itself, and closes the rounds that the
 * topic has with the same contributions, and with the same change of the specification. Otherwise, a round closes when each replica
 * that is due has contributed, or without those that have not, {@code idle} after it could have closed with the others.
 */
final class RoundDecisions {
    /** No time. */
    static final long NEVER = Long.MAX_VALUE;

    /**
     * How to close a round.
     *
     * @param closing members to merge, and the specification to announce
     * @param missing replicas that have not contributed, though they are due; empty if the topic has the decision
     */
    record Decision(Closing closing, List<Integer> missing) {}

    private final Reducer reducer;
    private final ReducerState state;
    /** Decisions in the topic for rounds that are not closed here. */
    private final TreeMap<Long, Closing> logged = new TreeMap<>();
    /** Decisions made here that were not read from the topic. */
    private final Map<Long, Closing> unconfirmed = new HashMap<>();

    /** The last round that was decided. */
    private long decided;

    private boolean caughtUp;
    /** Since when contributions wait for the next round to close. */
    private long waitingSince = NEVER;

    /** When the next round closes without the replicas that it waits for. */
    private long due = NEVER;

    /** @param caughtUp whether the topic has no decisions */
    RoundDecisions(Reducer reducer, ReducerState state, boolean caughtUp) {
        this.reducer = reducer;
        this.state = state;
        this.caughtUp = caughtUp;
        decided = state.round();
    }

    /**
     * Receives a decision of the topic.
     *
     * @throws IllegalStateException if the round was closed here in another way
     */
    void received(long round, Closing closing) {
        Closing own = unconfirmed.remove(round);
        if (own == null) {
            if (round > decided) {
                logged.putIfAbsent(round, closing);
            }
        } else if (!own.equals(closing)) {
            throw new IllegalStateException("round " + round + ": closed with " + own + " (expected: " + closing
                    + ", as an earlier run of the job has closed it)");
        }
    }

    /** Records that the topic was read to its end. */
    void caughtUp() {
        caughtUp = true;
    }

    /** Returns whether there may be, or are, decisions of the topic for rounds that are not closed. */
    boolean isCatchingUp() {
        return !caughtUp || !logged.isEmpty();
    }

    /**
     * Returns how to close the next round, or null to wait.
     *
     * @param idleMillis how long to wait for a replica; 0 for no limit
     * @param specification the newest one in effect, as YAML
     */
    @Nullable Decision next(long now, long idleMillis, String specification) {
        List<Member> available = state.available();
        Closing decided = logged.get(state.round() + 1);
        if (decided != null) {
            return available.containsAll(decided.members()) ? new Decision(decided, List.of()) : null;
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
        String announced = specification.equals(reducer.specification(state)) ? null : specification;
        return new Decision(new Closing(available, announced), awaited);
    }

    /** Returns when the next round closes without the replicas that it waits for. */
    long due() {
        return due;
    }

    /** Records that the next round is decided; returns whether the topic lacks the decision. */
    boolean decided(long round, Closing closing) {
        decided = round;
        waitingSince = NEVER;
        due = NEVER;
        if (logged.remove(round) != null) {
            return false;
        }
        unconfirmed.put(round, closing);
        return true;
    }
}
