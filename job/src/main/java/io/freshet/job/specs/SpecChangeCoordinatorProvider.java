package io.freshet.job.specs;

import io.freshet.job.observe.Heartbeats;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.jspecify.annotations.Nullable;

/** Creates the coordinator on the job manager. */
record SpecChangeCoordinatorProvider(
        OperatorID operatorId, SpecChangeLog log, Heartbeats.@Nullable Connections heartbeats)
        implements OperatorCoordinator.Provider {
    private static final long serialVersionUID = 1;

    @Override
    public OperatorID getOperatorId() {
        return operatorId;
    }

    @Override
    public OperatorCoordinator create(OperatorCoordinator.Context context) {
        return new SpecChangeCoordinator(
                context,
                log,
                heartbeats == null
                        ? null
                        : new Heartbeats(heartbeats, System::currentTimeMillis, context.getUserCodeClassloader()));
    }
}
