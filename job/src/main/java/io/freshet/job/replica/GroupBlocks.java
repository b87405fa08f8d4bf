package io.freshet.job.replica;

import io.freshet.learning.replica.BlockReducer;
import io.freshet.learning.replica.BlockReducerState;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.MergedPoint.Block;
import io.freshet.learning.replica.MergedPoint.Closing;
import io.freshet.learning.replica.MergedPointCodec;
import io.freshet.schemas.rounds.RoundsRecord.Kind;
import java.util.List;
import java.util.TreeMap;

/** The reducers of blocks in this subtask. They merge the rounds that the reducer of the model has closed. */
final class GroupBlocks {
    private final BlockReducer reducer;
    private final Outbox outbox;
    private final TreeMap<Integer, BlockReducerState> states = new TreeMap<>();
    /** How the rounds were closed that are not merged by all reducers here. */
    private final TreeMap<Long, Closing> closed = new TreeMap<>();

    GroupBlocks(BlockReducer reducer, Outbox outbox) {
        this.reducer = reducer;
        this.outbox = outbox;
    }

    TreeMap<Integer, BlockReducerState> states() {
        return states;
    }

    void add(BlockReducerState state) {
        states.put(state.first(), state);
    }

    /** Returns the last round that all reducers here have merged. */
    long round() {
        long round = Long.MAX_VALUE;
        for (BlockReducerState state : states.values()) {
            round = Math.min(round, state.round());
        }
        return round;
    }

    /** Returns whether a reducer here lacks what a replica changed in a round. */
    boolean lacks(int replica, long round) {
        for (BlockReducerState state : states.values()) {
            if (replica < 0 || replica >= state.replicas()) {
                throw new IllegalArgumentException(
                        "rounds record: replica " + replica + " (expected: 0 to " + (state.replicas() - 1) + ")");
            }
            if (round > state.lastContributed(replica)) {
                return true;
            }
        }
        return false;
    }

    void receive(int first, Contribution contribution) {
        BlockReducerState state = states.get(first);
        if (state != null) {
            state.receive(contribution);
            merge();
        }
    }

    void end(int first, int replica) {
        BlockReducerState state = states.get(first);
        if (state != null) {
            state.end(replica);
        }
    }

    /** Receives how a round was closed. The first record of a round counts. */
    void closed(long round, Closing closing) {
        if (round > round()) {
            closed.putIfAbsent(round, closing);
            merge();
        }
    }

    private void merge() {
        for (BlockReducerState state : states.values()) {
            merge(state);
        }
        closed.headMap(round(), true).clear();
    }

    private void merge(BlockReducerState state) {
        Closing closing = closed.get(state.round() + 1);
        while (closing != null) {
            List<Block> merged = reducer.merge(state, state.round() + 1, closing);
            if (merged == null) {
                return;
            }
            outbox.send(
                    Kind.BLOCKS,
                    state.first(),
                    state.round(),
                    Messages.bytes(out -> MergedPointCodec.writeBlocks(merged, out)));
            closing = closed.get(state.round() + 1);
        }
    }

    boolean isFinished() {
        return states.values().stream().allMatch(BlockReducerState::isFinished);
    }
}
