package io.freshet.job.replica;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.Reducer.ClosedRound;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.rounds.MergedPoint;
import io.freshet.learning.rounds.RoundsMessage;
import io.freshet.learning.state.LearnerState;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The reducer of a model. The caller closes its rounds: {@link #decide}, and if the round {@link #canClose}, {@link #close} and {@link
 * #point}.
 */
public final class GroupReducer {
    private final Reducer reducer;
    private final ReducerState state;
    private final RoundDecisions decisions;
    /** What the reducers of blocks have merged; null without them. */
    private final @Nullable RoundBlocks blocks;

    private final ReplicaRun run;
    /** When the caller was told to try again. */
    private long timer = RoundDecisions.NEVER;
    /** How the next round closes; null if that is not decided. */
    private RoundDecisions.@Nullable Decision decided;
    /** The specification in effect, as YAML, and its hash. */
    private String specification;

    private String specHash;

    /**
     * How a round closes.
     *
     * @param missing replicas that have not contributed, though they are due
     * @param messages to send
     */
    public record Decided(long round, List<Integer> missing, List<RoundsMessage> messages) {}

    /**
     * @param learner of the specification in effect
     * @param blocks what the reducers of blocks have merged; null without them
     * @param isRestored whether the topic may have decisions that the state lacks
     */
    GroupReducer(
            Learner learner,
            Reducer reducer,
            ReducerState state,
            boolean isRestored,
            @Nullable RoundBlocks blocks,
            ReplicaRun run) {
        specification = learner.spec().toYaml();
        specHash = learner.hash();
        this.reducer = reducer;
        this.state = state;
        this.blocks = blocks;
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

    /** Decides how the next round closes; returns null if that is decided already, or has to wait. */
    public @Nullable Decided decide() {
        if (decided != null) {
            return null;
        }
        ReplicaSettings settings = Objects.requireNonNull(learner().spec().replicas());
        String announced = specification.equals(reducer.specification(state)) ? null : specification;
        decided = decisions.next(run.clock().getAsLong(), run.bounded() ? 0 : settings.idleMillis(), announced);
        if (decided == null) {
            return null;
        }
        boolean isSent = decided.isOwn() && blocks != null;
        return new Decided(
                decided.closing().round(), decided.missing(), isSent ? List.of(decided.closing()) : List.of());
    }

    /** Returns whether the next round is decided, and its blocks are merged if others do that. */
    public boolean canClose() {
        return decided != null && (blocks == null || blocks.complete(state.round() + 1) != null);
    }

    /**
     * Returns whether the topic has how the next round closes, so that each run closes it alike. It need not have a decision of this
     * run if every replica that has not ended is in the round: no run decides otherwise.
     */
    public boolean isDecisionStored() {
        RoundDecisions.Decision next = Objects.requireNonNull(decided);
        return !next.isOwn() || blocks != null || state.hasEachReplica(next.closing());
    }

    /**
     * Closes the next round. {@link #point} must follow.
     *
     * @param merged the state before, which changes
     */
    public ClosedRound close(LearnerState merged) {
        SortedMap<Integer, float[]> complete = blocks == null ? null : blocks.complete(state.round() + 1);
        state.merged(merged);
        return reducer.merge(state, Objects.requireNonNull(decided).closing(), complete);
    }

    /** Returns the merged state. */
    public LearnerState merged() {
        return state.merged();
    }

    /** Ends the round that was just closed; returns what to send. Others have received the blocks of reducers of blocks. */
    public List<RoundsMessage> point(ClosedRound closed) {
        MergedPoint point = reducer.point(state, closed);
        boolean isSent = blocks != null || Objects.requireNonNull(decided).isOwn();
        decided = null;
        return isSent ? List.of(blocks == null ? point : point.withBlocks(Collections.emptySortedMap())) : List.of();
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
