package io.freshet.job.learn;

import io.freshet.job.publish.LearnOutput;
import io.freshet.job.record.OutputRecord;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.apache.flink.util.WrappingRuntimeException;

/**
 * Sends records to the operator's main output and side outputs.
 *
 * <p>An output that fails throws an exception of its own, so that no model is taken for the cause.
 */
final class OperatorOutput implements LearnOutput {
    private final Output<StreamRecord<OutputRecord>> output;

    OperatorOutput(Output<StreamRecord<OutputRecord>> output) {
        this.output = output;
    }

    /** A failure of an output while a model was learned, which is not the model's own. Flink unwraps it. */
    private static final class OutputException extends WrappingRuntimeException {
        private static final long serialVersionUID = 1;

        OutputException(Throwable cause) {
            super(cause);
        }
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
