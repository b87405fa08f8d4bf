package io.freshet.job.learn;

import io.freshet.job.publish.LearnOutput;
import io.freshet.job.record.OutputRecord;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Sends records to the operator's main output and side outputs.
 *
 * <p>Throws {@link OutputException} if an output fails, so that no model is taken for the cause.
 */
final class OperatorOutput implements LearnOutput {
    private final Output<StreamRecord<OutputRecord>> output;

    OperatorOutput(Output<StreamRecord<OutputRecord>> output) {
        this.output = output;
    }

    @Override
    public void send(OutputRecord record) {
        try {
            output.collect(new StreamRecord<>(record));
        } catch (RuntimeException | Error e) {
            throw new OutputException(e);
        }
    }

    @Override
    public void send(OutputTag<OutputRecord> tag, OutputRecord record) {
        try {
            output.collect(tag, new StreamRecord<>(record));
        } catch (RuntimeException | Error e) {
            throw new OutputException(e);
        }
    }
}
