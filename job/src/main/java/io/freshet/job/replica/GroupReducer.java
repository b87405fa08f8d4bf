package io.freshet.job.replica;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.replica.Closing;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.Reducer.ClosedRound;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The reducer of a model. The caller closes its rounds: {@link #decide}, and if that returns a decision, {@link #close} and {@link
 * #point}.
 */
public final class GroupReducer {
    private final Reducer reducer;
    private final ReducerState state;
    private final RoundDecisions decisions;
    private final ReplicaRun run;
    /** When the caller was told to try again. */
    private long timer = RoundDecisions.NEVER;
    /** The specification in effect, as YAML, and its hash. */
    private String specification;

    private String specHash;

    /**
     * How to close the next round.
     *
     * @param missing replicas that have not contributed, though they are due; empty if the topic has the decision
     * @param isOwn whether the topic lacks the decision
     */
    public record Decision(Closing closing, List<Integer> missing, boolean isOwn) {}

    /**
     * @param learner of the specification in effect
     * @param isRestored whether the topic may have decisions that the state lacks
     */
    GroupReducer(Learner learner, Reducer reducer, ReducerState state, boolean isRestored, ReplicaRun run) {
        specification = learner.spec().toYaml();
        specHash = learner.hash();
        this.reducer = reducer;
        this.state = state;
        this.run = run;
        decisions = new RoundDecisions(state, !isRestored);
    }

    ReducerState state() {
        return state;
    }

    RoundDecisions decisions() {
        return decisions;
    }

    /** Returns the learner of the next round. */
    public Learner learner() {
        return reducer.learner(state);
    }

    /** Announces the newest specification in effect, unless it is announced already. */
    public void use(Learner newest) {
        if (!newest.hash().equals(specHash)) {
            specHash = newest.hash();
            specification = newest.spec().toYaml();
        }
    }

    /** Returns how the next round closes, which must follow; null if that has to wait. */
    public @Nullable Decision decide() {
        ReplicaSettings settings = Objects.requireNonNull(learner().spec().replicas());
        String announced = specification.equals(reducer.specification(state)) ? null : specification;
        return decisions.next(run.clock().getAsLong(), run.bounded() ? 0 : settings.idleMillis(), announced);
    }

    /**
     * Returns whether each run closes the next round like this: the topic has the decision, or every replica that has not ended is in the
     * round.
     */
    public boolean isFinal(Decision next) {
        return !next.isOwn() || state.hasEachReplica(next.closing());
    }

    /**
     * Closes the next round. {@link #point} must follow.
     *
     * @param merged the state before, which changes
     */
    public ClosedRound close(Decision next, LearnerState merged) {
        state.merged(merged);
        return reducer.merge(state, next.closing());
    }

    /** Returns the merged state. */
    public LearnerState merged() {
        return state.merged();
    }

    /** Ends the round that was just closed; returns its point, to send it if the topic lacks the decision. */
    public MergedPoint point(ClosedRound closed) {
        return reducer.point(state, closed);
    }

    /** Records that it is the time to try again. It may still be too early by the wall clock, if that was set back. */
    public void fired() {
        timer = RoundDecisions.NEVER;
    }

    /** Returns when to try to close the next round, if the time has changed since the last call. */
    public OptionalLong takeTimer() {
        boolean isSet = decisions.due() != timer && decisions.due() != RoundDecisions.NEVER;
        timer = decisions.due();
        return isSet ? OptionalLong.of(timer) : OptionalLong.empty();
    }
}
