package io.freshet.job.replica;

import io.freshet.learning.replica.UnknownMemberException;
import io.freshet.learning.rounds.RoundsMessage.BlocksMerged;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The blocks of rounds that are not closed everywhere in this subtask, by the reducer that merged them. */
final class RoundBlocks {
    private final int reducers;
    private final TreeMap<Long, Map<Integer, BlocksMerged>> rounds = new TreeMap<>();

    RoundBlocks(int reducers) {
        this.reducers = reducers;
    }

    /** @throws UnknownMemberException if there is no such reducer */
    void add(BlocksMerged merged) {
        if (merged.sender() < 0 || merged.sender() >= reducers) {
            throw new UnknownMemberException("message: reducer " + merged.sender() + " (expected: "
                    + (reducers == 0 ? "none, since replicas.reducers is 1" : "0 to " + (reducers - 1)) + ")");
        }
        rounds.computeIfAbsent(merged.round(), r -> new HashMap<>()).putIfAbsent(merged.sender(), merged);
    }

    /** Returns the blocks of all reducers, or null if some have not merged the round. */
    @Nullable SortedMap<Integer, float[]> complete(long round) {
        Map<Integer, BlocksMerged> received = rounds.getOrDefault(round, Map.of());
        if (received.size() < reducers) {
            return null;
        }
        SortedMap<Integer, float[]> blocks = new TreeMap<>();
        received.values().forEach(each -> blocks.putAll(each.blocks()));
        return blocks;
    }

    /** Forgets rounds. */
    void forget(long upTo) {
        rounds.headMap(upTo, true).clear();
    }
}
