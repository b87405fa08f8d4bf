package io.freshet.job.replica;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.Member;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.MergedPointCodec;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.schemas.rounds.RoundsRecord.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** The reducer of a model: closes its rounds, and sends the merged points. */
final class GroupReducer {
    private final Learner learner;
    private final Reducer reducer;
    private final ReducerState state;
    private final RoundDecisions decisions;
    private final ReplicaGroup.Outbox outbox;
    private final LongSupplier clock;
    /** Contributions that cannot be received yet, in the order of the topic. */
    private final List<Contribution> early = new ArrayList<>();

    /** When the reducer is called again. */
    private long timer = RoundDecisions.NEVER;

    /** @param isRestored whether the topic may have decisions that the state lacks */
    GroupReducer(
            Learner learner,
            Reducer reducer,
            ReducerState state,
            long idleMillis,
            boolean isRestored,
            ReplicaGroup.Outbox outbox,
            LongSupplier clock) {
        this.learner = learner;
        this.reducer = reducer;
        this.state = state;
        this.outbox = outbox;
        this.clock = clock;
        decisions = new RoundDecisions(reducer, state, idleMillis, !isRestored);
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
        RoundDecisions.Decision next = decisions.next(clock.getAsLong());
        while (next != null) {
            RoundDecisions.Decision decision = next;
            if (!decision.missing().isEmpty()) {
                models.missing(learner, state.round() + 1, decision.missing());
            }
            models.merge(learner, (before, window) -> close(decision.members(), before, window));
            receiveEarly();
            next = decisions.next(clock.getAsLong());
        }
        if (decisions.due() != timer) {
            timer = decisions.due();
            if (timer != RoundDecisions.NEVER) {
                models.mergeAt(learner, timer);
            }
        }
    }

    private LearnerState close(List<Member> members, LearnerState before, MergedModels.WindowEnd window) {
        state.merged(before);
        MergedPoint point = reducer.close(state, members, losses -> window.ended(state.merged(), losses));
        if (decisions.closed(point.round(), members)) {
            outbox.send(Kind.MERGED, 0, point.round(), Messages.bytes(out -> MergedPointCodec.write(point, out)));
        }
        return state.merged();
    }
}
