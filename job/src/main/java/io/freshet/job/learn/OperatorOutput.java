package io.freshet.job.learn;

import io.freshet.job.publish.LearnOutput;
import io.freshet.job.record.OutputRecord;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/** Sends records to the operator's main output and side outputs. */
final class OperatorOutput implements LearnOutput {
    private final Output<StreamRecord<OutputRecord>> output;

    OperatorOutput(Output<StreamRecord<OutputRecord>> output) {
        this.output = output;
    }

    @Override
    public void send(OutputRecord record) {
        output.collect(new StreamRecord<>(record));
    }

    @Override
    public void send(OutputTag<OutputRecord> tag, OutputRecord record) {
        output.collect(tag, new StreamRecord<>(record));
    }
}
