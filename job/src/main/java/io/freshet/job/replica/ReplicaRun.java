package io.freshet.job.replica;

import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Identifies the job, as all its subtasks do, and the subtask.
 *
 * @param origin differs between jobs, and between runs that do not continue the same state
 * @param attempt differs between runs
 * @param partitions of the samples topic when the job starts
 * @param bounded whether the samples end; then replicas that are late are slow, not silent
 * @param isHere whether a model key belongs to this subtask
 * @param clock time in milliseconds since 1970, UTC
 */
public record ReplicaRun(
        String origin, String attempt, int partitions, boolean bounded, Predicate<String> isHere, LongSupplier clock) {
    /** No subtask of a job starts this long after another. */
    private static final long STARTING_MILLIS = 600_000;

    /**
     * Returns that of a subtask of the learn operator.
     *
     * @param restored checkpoint, if any
     */
    public static ReplicaRun of(
            RuntimeContext context, OptionalLong restored, int partitions, boolean bounded, LongSupplier clock) {
        String job = context.getJobInfo().getJobId().toString();
        TaskInfo task = context.getTaskInfo();
        String attempt = job + "-" + task.getAttemptNumber();
        int keyGroups = task.getMaxNumberOfParallelSubtasks();
        KeyGroupRange range = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                keyGroups, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
        return new ReplicaRun(
                restored.isPresent() ? job + "-r" + restored.getAsLong() : attempt,
                attempt,
                partitions,
                bounded,
                modelKey -> range.contains(KeyGroupRangeAssignment.assignToKeyGroup(modelKey, keyGroups)),
                clock);
    }

    /** Returns where the records of replicas that start now are not before, as a time. */
    long recent() {
        return Math.min(0, STARTING_MILLIS - clock.getAsLong());
    }
}
