package io.freshet.job.replica;

import io.freshet.learning.replica.BlockReducer;
import io.freshet.learning.replica.BlockReducerState;
import io.freshet.learning.replica.MergedPoint.Block;
import io.freshet.learning.replica.MergedPoint.Closing;
import io.freshet.learning.replica.RoundsMessage;
import io.freshet.learning.replica.RoundsMessage.BlocksMerged;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The reducers of blocks in this subtask. They merge the rounds that the reducer of the model has closed. */
final class GroupBlocks {
    private final BlockReducer reducer;
    private final TreeMap<Integer, BlockReducerState> states = new TreeMap<>();
    /** How the rounds were closed that are not merged by all reducers here. */
    private final TreeMap<Long, Closing> closed = new TreeMap<>();

    GroupBlocks(BlockReducer reducer) {
        this.reducer = reducer;
    }

    TreeMap<Integer, BlockReducerState> states() {
        return states;
    }

    void add(BlockReducerState state) {
        states.put(state.first(), state);
    }

    /** Returns a reducer, if it is here. */
    Optional<BlockReducerState> state(int first) {
        return Optional.ofNullable(states.get(first));
    }

    /** Returns the last round that all reducers here have merged. */
    long round() {
        long round = Long.MAX_VALUE;
        for (BlockReducerState state : states.values()) {
            round = Math.min(round, state.round());
        }
        return round;
    }

    /** Receives how a round was closed. The first record of a round counts. */
    void closed(long round, Closing closing) {
        if (round > round()) {
            closed.putIfAbsent(round, closing);
        }
    }

    /** Merges the rounds whose changes are here; returns the merged blocks. */
    List<RoundsMessage> merge() {
        List<RoundsMessage> messages = new ArrayList<>();
        for (BlockReducerState state : states.values()) {
            merge(state, messages);
        }
        closed.headMap(round(), true).clear();
        return messages;
    }

    private void merge(BlockReducerState state, List<RoundsMessage> messages) {
        Closing closing = closed.get(state.round() + 1);
        while (closing != null) {
            List<Block> merged = reducer.merge(state, state.round() + 1, closing);
            if (merged == null) {
                return;
            }
            messages.add(new BlocksMerged(state.round(), state.first(), merged));
            closing = closed.get(state.round() + 1);
        }
    }

    boolean isFinished() {
        return states.values().stream().allMatch(BlockReducerState::isFinished);
    }
}
