package io.freshet.job.pause;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides which partitions are paused.
 *
 * <pre>
 *   paused = those that a subtask has enough of, without those that a subtask awaits
 * </pre>
 *
 * Two models that wait for each other's full partitions thus go on. A subtask that awaits a partition which nobody reads, since
 * it has ended, pauses nothing: only the end of all partitions lets it go on.
 */
final class Pauses {
    /** By operator and subtask. */
    private final Map<String, Demand> demands = new TreeMap<>();
    /** By the reader's subtask. */
    private final Map<Integer, Set<Integer>> reading = new TreeMap<>();

    void demand(String operator, int subtask, Demand demand) {
        demands.put(operator + "/" + subtask, demand);
    }

    void reading(int subtask, Set<Integer> partitions) {
        reading.put(subtask, partitions);
    }

    TreeSet<Integer> paused() {
        TreeSet<Integer> read = new TreeSet<>();
        reading.values().forEach(read::addAll);
        TreeSet<Integer> paused = new TreeSet<>();
        for (Demand demand : demands.values()) {
            if (read.containsAll(demand.awaited())) {
                paused.addAll(demand.full());
            }
        }
        demands.values().forEach(demand -> paused.removeAll(demand.awaited()));
        return paused;
    }
}
