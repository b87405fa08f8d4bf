package io.freshet.job.source;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Decides which partitions are paused.
 *
 * <pre>
 *   paused = those that a subtask has enough of, without those that a subtask awaits
 * </pre>
 *
 * So two models that wait for each other's full partitions both proceed. Nothing is paused while some partition has no reader:
 * it has ended, and a learner that waits for its samples proceeds only when all have ended.
 */
final class Pauses {
    private final Set<Integer> partitions;
    /** By operator and subtask. */
    private final Map<String, Demand> demands = new TreeMap<>();
    /** By the reader's subtask. */
    private final Map<Integer, Set<Integer>> reading = new TreeMap<>();

    /** @param partitions of the topic when the job starts */
    Pauses(int partitions) {
        this.partitions = IntStream.range(0, partitions).boxed().collect(Collectors.toSet());
    }

    void demand(String operator, int subtask, Demand demand) {
        demands.put(operator + "/" + subtask, demand);
    }

    void reading(int subtask, Set<Integer> assigned) {
        reading.put(subtask, assigned);
    }

    TreeSet<Integer> paused() {
        TreeSet<Integer> paused = new TreeSet<>();
        TreeSet<Integer> read = new TreeSet<>();
        reading.values().forEach(read::addAll);
        if (read.containsAll(partitions)) {
            demands.values().forEach(demand -> paused.addAll(demand.full()));
            demands.values().forEach(demand -> paused.removeAll(demand.awaited()));
        }
        return paused;
    }
}
