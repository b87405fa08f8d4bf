package io.freshet.job.decode;

import io.freshet.job.record.TrainerInput;
import io.freshet.job.record.TrainerInputSerializer;
import io.freshet.job.specs.SpecRegistry;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;

/** Writes the state of a decoder with given texts of specifications, also those that no decoder of today would store. */
final class StoredSpecs {
    private StoredSpecs() {}

    /** @param specs text of each specification, by the name of the model */
    static OperatorSubtaskState of(Map<String, String> specs) throws Exception {
        try (var writer = new OneInputStreamOperatorTestHarness<TrainerInput, TrainerInput>(
                new ProcessOperator<>(new Writer(new TreeMap<>(specs))))) {
            writer.setup(new TrainerInputSerializer());
            writer.open();
            return writer.snapshot(1, 1);
        }
    }

    private static final class Writer extends ProcessFunction<TrainerInput, TrainerInput>
            implements CheckpointedFunction {
        private static final long serialVersionUID = 1;

        private final TreeMap<String, String> specs;

        Writer(TreeMap<String, String> specs) {
            this.specs = specs;
        }

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            context.getOperatorStateStore()
                    .getBroadcastState(SpecRegistry.STATE)
                    .putAll(specs);
        }

        @Override
        public void processElement(TrainerInput input, Context context, Collector<TrainerInput> out) {}

        @Override
        public void snapshotState(FunctionSnapshotContext context) {}
    }
}
