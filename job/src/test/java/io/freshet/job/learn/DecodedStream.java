package io.freshet.job.learn;

import io.freshet.job.TestStream;
import io.freshet.job.decode.DecodeFunction;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.record.TrainerInput;
import io.freshet.job.record.TrainerInputSerializer;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RecordFormat;
import java.util.List;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** The decoder in front of a {@link LearnHarness}. */
final class DecodedStream implements AutoCloseable {
    private final OneInputStreamOperatorTestHarness<TrainerInput, TrainerInput> flink;
    private long checkpoint;
    private long deadLetters;

    DecodedStream(RecordFormat format, List<ModelSpec> specs) throws Exception {
        DecodeFunction function = new DecodeFunction("samples", null, format, new SpecRegistry(specs), true);
        flink = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(function));
        flink.setup(new TrainerInputSerializer());
        flink.open();
    }

    void apply(SpecChange change) throws Exception {
        flink.processElement(new StreamRecord<>(change));
        flink.getOutput().clear();
    }

    void checkpoint() throws Exception {
        flink.snapshot(++checkpoint, checkpoint);
    }

    /** Returns the samples of a record, for all models. */
    List<KeyedSample> samples(long offset, byte[] value) throws Exception {
        flink.processElement(new StreamRecord<>(TestStream.record(offset, value)));
        List<KeyedSample> samples = flink.extractOutputValues().stream()
                .map(KeyedSample.class::cast)
                .toList();
        flink.getOutput().clear();
        var letters = flink.getSideOutput(OutputRecord.DEAD_LETTERS);
        if (letters != null) {
            deadLetters += letters.size();
            letters.clear();
        }
        return samples;
    }

    /** Returns how many records were rejected, counted for each model. */
    long deadLetters() {
        return deadLetters;
    }

    @Override
    public void close() throws Exception {
        flink.close();
    }
}
