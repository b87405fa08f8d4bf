package io.freshet.job.replica;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.MergedPoint;
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
    private final ReplicaGroup.Outbox outbox;
    private final boolean waitsForever;
    private final LongSupplier clock;
    /** Contributions that cannot be received yet, in the order of the topic. */
    private final List<Contribution> early = new ArrayList<>();

    /** When the reducer is called again. */
    private long timer = RoundDecisions.NEVER;
    /** The specification in effect, as YAML, and its hash. */
    private String specification;

    private String specHash;

    /**
     * @param learner of the specification in effect
     * @param waitsForever whether rounds wait for each replica until it ends
     * @param isRestored whether the topic may have decisions that the state lacks
     */
    GroupReducer(
            Learner learner,
            Reducer reducer,
            ReducerState state,
            boolean waitsForever,
            boolean isRestored,
            ReplicaGroup.Outbox outbox,
            LongSupplier clock) {
        model = learner.spec().name();
        specification = learner.spec().toYaml();
        specHash = learner.hash();
        this.reducer = reducer;
        this.state = state;
        this.outbox = outbox;
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
            boolean received = reducer.canReceive(state, contribution.member().replica());
            if (received) {
                reducer.receive(state, contribution);
            }
            return received;
        });
    }

    void end(int replica) {
        reducer.end(state, replica);
    }

    /** Closes the rounds that are due. */
    void merge(MergedModels models) throws Exception {
        useNewest(models);
        RoundDecisions.Decision next = next();
        while (next != null) {
            RoundDecisions.Decision decision = next;
            Learner learner = reducer.learner(state);
            if (!decision.missing().isEmpty()) {
                models.missing(learner, state.round() + 1, decision.missing());
            }
            models.merge(learner, (before, window) -> close(decision.closing(), before, window));
            receiveEarly();
            next = next();
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

    private LearnerState close(Closing closing, LearnerState before, MergedModels.WindowEnd window) {
        state.merged(before);
        MergedPoint point = reducer.close(state, closing, losses -> window.ended(state.merged(), losses));
        if (decisions.closed(point.round(), closing)) {
            outbox.send(Kind.MERGED, 0, point.round(), Messages.bytes(out -> MergedPointCodec.write(point, out)));
        }
        return state.merged();
    }
}
