package io.freshet.job.replica;

import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Identifies a run of the job, as all its subtasks do, and the subtask.
 *
 * @param id differs between runs, also between those of different job managers
 * @param partitions of the samples topic when the job starts
 * @param bounded whether the samples end; then replicas that are late are slow, not silent
 * @param isHere whether a model key belongs to this subtask
 * @param clock time in milliseconds since 1970, UTC
 */
public record ReplicaRun(String id, int partitions, boolean bounded, Predicate<String> isHere, LongSupplier clock) {
    /** No subtask of a job starts this long after another. */
    private static final long STARTING_MILLIS = 600_000;

    /** Returns that of a subtask of the learn operator. */
    public static ReplicaRun of(Environment environment, int partitions, boolean bounded, LongSupplier clock) {
        TaskInfo task = environment.getTaskInfo();
        int keyGroups = task.getMaxNumberOfParallelSubtasks();
        KeyGroupRange range = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                keyGroups, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
        return new ReplicaRun(
                id(environment.getExecutionId()),
                partitions,
                bounded,
                modelKey -> range.contains(KeyGroupRangeAssignment.assignToKeyGroup(modelKey, keyGroups)),
                clock);
    }

    /**
     * Returns the id of the execution graph, which each job manager draws at random, and the number of the attempt in it. Another job
     * manager counts the attempts of the same job from 0 again.
     */
    static String id(ExecutionAttemptID attempt) {
        String text = attempt.toString();
        int end = text.indexOf("_" + attempt.getExecutionVertexId());
        if (end <= 0) {
            throw new IllegalStateException("attempt: " + text + " (expected: graph_vertex_number)");
        }
        return text.substring(0, end) + "-" + attempt.getAttemptNumber();
    }

    /** Returns where the records of replicas that start now are not before, as a time. */
    long recent() {
        return Math.min(0, STARTING_MILLIS - clock.getAsLong());
    }
}
