package io.freshet.job.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.source.event.SourceEventWrapper;
import org.apache.flink.streaming.api.graph.StreamGraphHasherV2;
import org.apache.flink.util.SerializedValue;

/** Sends events of other operators to the enumerator of a source, whose coordinator takes them as those of its readers. */
public final class SourceEvents {
    private SourceEvents() {}

    /**
     * @param task that sends
     * @param source uid of the source
     */
    public static void send(Environment task, String source, SourceEvent event) {
        OperatorID id = new OperatorID(StreamGraphHasherV2.generateUserSpecifiedHash(source));
        try {
            task.getOperatorCoordinatorEventGateway()
                    .sendOperatorEventToCoordinator(id, new SerializedValue<>(new SourceEventWrapper(event)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
