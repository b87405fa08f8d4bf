package io.freshet.job.replica;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.MergedPoint.Block;
import io.freshet.learning.replica.MergedPoint.Closing;
import io.freshet.learning.replica.MergedPointCodec;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.schemas.rounds.RoundsRecord.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The reducer of a model: closes its rounds, and sends the merged points. */
final class GroupReducer {
    private final String model;
    private final Reducer reducer;
    private final ReducerState state;
    private final RoundDecisions decisions;
    private final Outbox outbox;
    /** What the reducers of blocks have merged; null without them. */
    private final @Nullable RoundBlocks blocks;

    private final boolean waitsForever;
    private final LongSupplier clock;
    /** Contributions that cannot be received yet, in the order of the topic. */
    private final List<Contribution> early = new ArrayList<>();

    /** When the reducer is called again. */
    private long timer = RoundDecisions.NEVER;
    /** How the next round closes; null if that is not decided. */
    private @Nullable Closing decided;
    /** Whether the topic lacked the decision. */
    private boolean isOwn;
    /** The specification in effect, as YAML, and its hash. */
    private String specification;

    private String specHash;

    /**
     * @param learner of the specification in effect
     * @param waitsForever whether rounds wait for each replica until it ends
     * @param blocks what the reducers of blocks have merged; null without them
     * @param isRestored whether the topic may have decisions that the state lacks
     */
    GroupReducer(
            Learner learner,
            Reducer reducer,
            ReducerState state,
            boolean waitsForever,
            boolean isRestored,
            Outbox outbox,
            @Nullable RoundBlocks blocks,
            LongSupplier clock) {
        model = learner.spec().name();
        specification = learner.spec().toYaml();
        specHash = learner.hash();
        this.reducer = reducer;
        this.state = state;
        this.outbox = outbox;
        this.blocks = blocks;
        this.clock = clock;
        this.waitsForever = waitsForever;
        decisions = new RoundDecisions(reducer, state, !isRestored);
    }

    ReducerState state() {
        return state;
    }

    RoundDecisions decisions() {
        return decisions;
    }

    /** Returns whether a checkpoint lacks what was read from the topic. */
    boolean isCatchingUp() {
        return decisions.isCatchingUp() || !early.isEmpty();
    }

    boolean isFinished() {
        return state.isFinished() && early.isEmpty();
    }

    void receive(Contribution contribution) {
        early.add(contribution);
        receiveEarly();
    }

    private void receiveEarly() {
        early.removeIf(contribution -> {
            boolean received = state.canReceive(contribution.member().replica());
            if (received) {
                state.receive(contribution);
            }
            return received;
        });
    }

    void end(int replica) {
        state.end(replica);
    }

    /** Closes the rounds that are due. */
    void merge(MergedModels models) throws Exception {
        useNewest(models);
        Closing closing = decide(models);
        while (closing != null && close(closing, models)) {
            receiveEarly();
            closing = decide(models);
        }
        if (decisions.due() != timer) {
            timer = decisions.due();
            if (timer != RoundDecisions.NEVER) {
                models.mergeAt(model, timer);
            }
        }
    }

    private void useNewest(MergedModels models) {
        Learner newest = models.newest(model);
        if (newest != null && !newest.hash().equals(specHash)) {
            specHash = newest.hash();
            specification = newest.spec().toYaml();
        }
    }

    private RoundDecisions.@Nullable Decision next() {
        ReplicaSettings settings =
                Objects.requireNonNull(reducer.learner(state).spec().replicas());
        return decisions.next(clock.getAsLong(), waitsForever ? 0 : settings.idleMillis(), specification);
    }

    /** Returns how the next round closes, or null if it has to wait. */
    private @Nullable Closing decide(MergedModels models) {
        if (decided != null) {
            return decided;
        }
        RoundDecisions.Decision next = next();
        if (next == null) {
            return null;
        }
        long round = state.round() + 1;
        Closing closing = next.closing();
        if (!next.missing().isEmpty()) {
            models.missing(reducer.learner(state), round, next.missing());
        }
        decided = closing;
        isOwn = decisions.decided(round, closing);
        if (isOwn && blocks != null) {
            outbox.send(Kind.CLOSED, 0, round, Messages.bytes(out -> MergedPointCodec.writeClosing(closing, out)));
        }
        return closing;
    }

    /** Closes the next round, unless blocks have to be merged first; returns whether it did. */
    private boolean close(Closing closing, MergedModels models) throws Exception {
        List<Block> merged = blocks == null ? List.of() : blocks.complete(state.round() + 1);
        if (merged == null) {
            return false;
        }
        models.merge(reducer.learner(state), (before, window) -> {
            state.merged(before);
            MergedPoint point = reducer.close(state, closing, merged, losses -> window.ended(state.merged(), losses));
            send(point);
            return state.merged();
        });
        decided = null;
        return true;
    }

    private void send(MergedPoint point) {
        // Others add the blocks, which they have received.
        MergedPoint sent = blocks == null ? point : point.withBlocks(List.of());
        if (isOwn || blocks != null) {
            outbox.send(Kind.MERGED, 0, point.round(), Messages.bytes(out -> MergedPointCodec.write(sent, out)));
        }
    }
}
