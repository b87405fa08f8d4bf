package io.freshet.job.join;

import java.util.Map;
import java.util.TreeMap;

/**
 * How far the tasks of a parallel source are. Flink takes the newest of them if all are idle, and from then on ignores those that
 * are behind it. So they tell the join themselves.
 *
 * <p>A task that is silent while others deliver holds nobody back after a while. Silence of all counts for none of them.
 */
final class SourceTasks {
    /** Ticks by which tasks may become silent, or go on, one after the other. */
    static final int TOGETHER = 10;

    private final Map<Integer, Task> tasks = new TreeMap<>();

    private static final class Task {
        private long watermark = EventClock.UNKNOWN;
        private boolean silent;
        /** Ticks for which the task was silent while another one delivered. */
        private int alone;

        boolean holdsBack() {
            return !silent || (watermark != EventClock.UNKNOWN && alone <= TOGETHER);
        }
    }

    void receive(JoinInput.Reached reached) {
        Task task = tasks.computeIfAbsent(reached.task(), index -> new Task());
        task.watermark = reached.watermark();
        task.silent = reached.silent();
        if (!task.silent) {
            task.alone = 0;
        }
    }

    void tick() {
        boolean delivers = tasks.values().stream().anyMatch(task -> !task.silent);
        for (Task task : tasks.values()) {
            if (delivers && task.silent && task.alone <= TOGETHER) {
                task.alone++;
            }
        }
    }

    /** Returns the earliest watermark of those that hold the others back; the largest time if none does. */
    long earliest() {
        return tasks.values().stream()
                .filter(Task::holdsBack)
                .mapToLong(task -> task.watermark)
                .min()
                .orElse(Long.MAX_VALUE);
    }
}
