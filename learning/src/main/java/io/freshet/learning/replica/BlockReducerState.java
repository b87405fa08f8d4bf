package io.freshet.learning.replica;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The merged values of some blocks, and the changes that they lack. Changed by {@link BlockReducer}. */
public final class BlockReducerState {
    final int first;
    final RoundSpecs specs;
    final Inbox<BlockChanges> inbox;
    /** By block: the parameters, then each slot that is merged. */
    final Map<Integer, float[]> values = new TreeMap<>();
    /** Slots of the merge itself, by block; none for a block that no round has changed. */
    final Map<Integer, float[][]> slots = new HashMap<>();
    /** The last round merged. */
    long round;

    BlockReducerState(int first, RoundSpecs specs, int replicas) {
        this.first = first;
        this.specs = specs;
        inbox = new Inbox<>(replicas, BlockChanges::member);
    }

    /** Returns the first block, which identifies the reducer. */
    public int first() {
        return first;
    }

    /** Returns the last round merged, 0 before the first. */
    public long round() {
        return round;
    }

    /** Returns whether all replicas have ended, and everything they contributed is merged. */
    public boolean isFinished() {
        return inbox.isFinished();
    }

    /**
     * Receives changes of these blocks. Those received again are ignored.
     *
     * @throws UnknownMemberException if there is no such replica
     */
    public void receive(BlockChanges changes) {
        inbox.receive(changes);
    }

    /**
     * Records that a replica has no more samples.
     *
     * @throws UnknownMemberException if there is no such replica
     */
    public void end(int replica) {
        inbox.end(replica);
    }
}
