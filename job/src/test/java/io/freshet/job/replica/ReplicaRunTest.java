package io.freshet.job.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.executiongraph.ExecutionGraphID;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.scheduler.strategy.ExecutionVertexID;
import org.junit.jupiter.api.Test;

/** Would catch records of an earlier run that a later one takes for its own. */
class ReplicaRunTest {
    private static final JobVertexID LEARN = new JobVertexID();

    /** Another job manager continues the same job with a new execution graph, whose attempts count from 0. */
    @Test
    void no_two_runs_have_the_same_id() {
        ExecutionGraphID graph = new ExecutionGraphID();
        assertThat(ReplicaRun.id(attempt(graph, 0, 0)))
                .isEqualTo(graph + "-0")
                .isNotEqualTo(ReplicaRun.id(attempt(graph, 0, 1)))
                .isNotEqualTo(ReplicaRun.id(attempt(new ExecutionGraphID(), 0, 0)));
    }

    @Test
    void all_subtasks_of_a_run_have_the_same_id() {
        ExecutionGraphID graph = new ExecutionGraphID();
        assertThat(ReplicaRun.id(attempt(graph, 0, 2))).isEqualTo(ReplicaRun.id(attempt(graph, 7, 2)));
    }

    private static ExecutionAttemptID attempt(ExecutionGraphID graph, int subtask, int number) {
        return new ExecutionAttemptID(graph, new ExecutionVertexID(LEARN, subtask), number);
    }
}
