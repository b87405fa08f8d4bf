package io.freshet.job.source;

import java.io.Serializable;
import org.apache.flink.runtime.execution.Environment;

/** How the subtasks of an operator report their demand. */
@FunctionalInterface
public interface SourceDemand extends Serializable {
    /** Reports the demand of the subtask that runs in {@code task}. It replaces the one before. */
    void report(Environment task, Demand demand);

    /**
     * Returns reports to a {@link DemandSource}.
     *
     * @param source uid of the source
     * @param operator uid of the operator that reports
     */
    static SourceDemand of(String source, String operator) {
        return (task, demand) -> SourceEvents.send(task, source, new DemandEvent(operator, demand));
    }
}
