package io.freshet.job.replica;

import io.freshet.learning.replica.MergedPoint.Block;
import io.freshet.learning.replica.RoundsMessage.BlocksMerged;
import io.freshet.learning.replica.UnknownMemberException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The blocks of rounds that are not closed everywhere in this subtask, by the reducer that merged them. */
final class RoundBlocks {
    private final int reducers;
    private final TreeMap<Long, Map<Integer, List<Block>>> rounds = new TreeMap<>();

    RoundBlocks(int reducers) {
        this.reducers = reducers;
    }

    /** @throws UnknownMemberException if there is no such reducer */
    void add(BlocksMerged merged) {
        if (merged.sender() < 0 || merged.sender() >= reducers) {
            throw new UnknownMemberException(
                    "message: reducer " + merged.sender() + " (expected: 0 to " + (reducers - 1) + ")");
        }
        rounds.computeIfAbsent(merged.round(), r -> new HashMap<>()).putIfAbsent(merged.sender(), merged.blocks());
    }

    /** Returns the blocks of all reducers, in order, or null if some have not merged the round. */
    @Nullable List<Block> complete(long round) {
        Map<Integer, List<Block>> received = rounds.getOrDefault(round, Map.of());
        if (received.size() < reducers) {
            return null;
        }
        List<Block> blocks = new ArrayList<>();
        received.values().forEach(blocks::addAll);
        blocks.sort(Comparator.comparingInt(Block::block));
        return blocks;
    }

    /** Forgets rounds. */
    void forget(long upTo) {
        rounds.headMap(upTo, true).clear();
    }
}
