package io.freshet.job.specs;

import io.freshet.job.observe.Heartbeats;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.TrainerInput;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.operators.coordination.OperatorEventDispatcher;
import org.apache.flink.runtime.operators.coordination.OperatorEventGateway;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.CoordinatedOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.jspecify.annotations.Nullable;

/** Creates the operator that inserts changes of specifications into the stream of records, and its coordinator. */
public final class SpecChangeOperatorFactory extends AbstractStreamOperatorFactory<TrainerInput>
        implements CoordinatedOperatorFactory<TrainerInput>, OneInputStreamOperatorFactory<SourceRecord, TrainerInput> {
    private static final long serialVersionUID = 1;

    private final String topic;
    private final SpecChangeLog log;
    private final Heartbeats.@Nullable Connections heartbeats;

    /**
     * @param topic name of the models topic
     * @param heartbeats null to send none
     */
    public SpecChangeOperatorFactory(String topic, SpecChangeLog log, Heartbeats.@Nullable Connections heartbeats) {
        this.topic = topic;
        this.log = log;
        this.heartbeats = heartbeats;
    }

    @Override
    @SuppressWarnings("unchecked") // Flink's signature has no better type.
    public <T extends StreamOperator<TrainerInput>> T createStreamOperator(
            StreamOperatorParameters<TrainerInput> parameters) {
        OperatorID id = parameters.getStreamConfig().getOperatorID();
        OperatorEventDispatcher events = parameters.getOperatorEventDispatcher();
        OperatorEventGateway coordinator = events.getOperatorEventGateway(id);
        if (isRestoredAsFinished(parameters)) {
            // Flink does not open this operator, but its coordinator takes part in every checkpoint.
            coordinator.sendEventToCoordinator(new SpecPositionEvent(SpecPosition.FINISHED, true));
        }
        SpecChangeOperator operator = new SpecChangeOperator(parameters, topic, log.start(), coordinator);
        events.registerEventHandler(id, operator);
        return (T) operator;
    }

    private static boolean isRestoredAsFinished(StreamOperatorParameters<TrainerInput> parameters) {
        return parameters
                .getContainingTask()
                .getEnvironment()
                .getTaskStateManager()
                .isTaskDeployedAsFinished();
    }

    @Override
    public OperatorCoordinator.Provider getCoordinatorProvider(String operatorName, OperatorID operatorId) {
        return new SpecChangeCoordinatorProvider(operatorId, log, heartbeats);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return SpecChangeOperator.class;
    }
}
