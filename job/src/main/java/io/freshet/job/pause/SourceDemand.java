package io.freshet.job.pause;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.source.event.SourceEventWrapper;
import org.apache.flink.streaming.api.graph.StreamGraphHasherV2;
import org.apache.flink.util.SerializedValue;

/** How the subtasks of an operator report their demand. */
@FunctionalInterface
public interface SourceDemand extends Serializable {
    /** Reports the demand of the subtask that runs in {@code task}. It replaces the one before. */
    void report(Environment task, Demand demand);

    /**
     * Returns reports to a {@link PausableSource}, whose coordinator also takes events from other operators.
     *
     * @param source uid of the source
     * @param operator uid of the operator that reports
     */
    static SourceDemand of(String source, String operator) {
        return (task, demand) -> {
            OperatorID id = new OperatorID(StreamGraphHasherV2.generateUserSpecifiedHash(source));
            try {
                task.getOperatorCoordinatorEventGateway()
                        .sendOperatorEventToCoordinator(
                                id, new SerializedValue<>(new SourceEventWrapper(new DemandEvent(operator, demand))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }
}
