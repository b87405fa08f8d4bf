package io.freshet.job.control;

import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;

/** Creates the coordinator on the job manager. */
record SpecChangeCoordinatorProvider(OperatorID operatorId, SpecChangeLog log) implements OperatorCoordinator.Provider {
    private static final long serialVersionUID = 1;

    @Override
    public OperatorID getOperatorId() {
        return operatorId;
    }

    @Override
    public OperatorCoordinator create(OperatorCoordinator.Context context) {
        return new SpecChangeCoordinator(context, log);
    }
}
