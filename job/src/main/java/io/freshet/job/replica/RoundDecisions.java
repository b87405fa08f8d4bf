package io.freshet.job.replica;

import io.freshet.learning.replica.Member;
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
 * <p>The first merged point of a round in the rounds topic is the decision, for every reader. So a reducer that was restored
 * reads all of them before it decides itself, and closes the rounds that the topic has with the same contributions. Otherwise, a
 * round closes when each replica that is due has contributed, or without those that have not, {@code idle} after it could have
 * closed with the others.
 */
final class RoundDecisions {
    /** No time. */
    static final long NEVER = Long.MAX_VALUE;

    /**
     * How to close a round.
     *
     * @param members to merge
     * @param missing replicas that have not contributed, though they are due; empty if the topic has the decision
     */
    record Decision(List<Member> members, List<Integer> missing) {}

    private final Reducer reducer;
    private final ReducerState state;
    private final long idleMillis;
    /** Decisions in the topic for rounds that are not closed here. */
    private final TreeMap<Long, List<Member>> logged = new TreeMap<>();
    /** Decisions made here that were not read from the topic. */
    private final Map<Long, List<Member>> unconfirmed = new HashMap<>();

    private boolean caughtUp;
    /** Since when contributions wait for the next round to close. */
    private long waitingSince = NEVER;

    /**
     * @param idleMillis 0 for no limit
     * @param caughtUp whether the topic has no decisions
     */
    RoundDecisions(Reducer reducer, ReducerState state, long idleMillis, boolean caughtUp) {
        this.reducer = reducer;
        this.state = state;
        this.idleMillis = idleMillis;
        this.caughtUp = caughtUp;
    }

    /** Returns whether a decision of the topic could be of use. */
    boolean isNew(long round) {
        return round > state.round() && !logged.containsKey(round) || unconfirmed.containsKey(round);
    }

    /**
     * Receives the decision of a merged point in the topic.
     *
     * @throws IllegalStateException if the round was closed here with other contributions
     */
    void received(long round, List<Member> members) {
        List<Member> own = unconfirmed.remove(round);
        if (own == null) {
            logged.putIfAbsent(round, members);
        } else if (!own.equals(members)) {
            throw new IllegalStateException("round " + round + ": closed with " + own + " (expected: " + members
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

    /** Returns how to close the next round, or null to wait. */
    @Nullable Decision next(long now) {
        List<Member> available = reducer.available(state);
        List<Member> decided = logged.get(state.round() + 1);
        if (decided != null) {
            return available.containsAll(decided) ? new Decision(decided, List.of()) : null;
        }
        if (!caughtUp || !reducer.hasUnmerged(state)) {
            return null;
        }
        waitingSince = Math.min(waitingSince, now);
        List<Integer> awaited = reducer.awaited(state);
        return awaited.isEmpty() || now >= due() ? new Decision(available, awaited) : null;
    }

    /** Returns when the next round closes without the replicas that it waits for. */
    long due() {
        return idleMillis == 0 || waitingSince == NEVER ? NEVER : waitingSince + idleMillis;
    }

    /** Records that a round was closed; returns whether the topic lacks its merged point. */
    boolean closed(long round, List<Member> members) {
        waitingSince = NEVER;
        if (logged.remove(round) != null) {
            return false;
        }
        unconfirmed.put(round, members);
        return true;
    }
}
