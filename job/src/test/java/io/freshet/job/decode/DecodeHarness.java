package io.freshet.job.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.KeyedSampleSerializer;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.record.TrainerInput;
import io.freshet.job.record.TrainerInputSerializer;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RecordFormat;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** One subtask of the decoder in Flink's operator harness. */
final class DecodeHarness implements AutoCloseable {
    private static final int KEY_GROUPS = TrainerEnvironment.MAXIMUM_PARALLELISM;

    private final OneInputStreamOperatorTestHarness<TrainerInput, TrainerInput> flink;

    private DecodeHarness(RecordFormat format, List<ModelSpec> specs, int parallelism, int subtask) throws Exception {
        this(format, specs, parallelism, subtask, parallelism == 1);
    }

    private DecodeHarness(RecordFormat format, List<ModelSpec> specs, int parallelism, int subtask, boolean chained)
            throws Exception {
        DecodeFunction function =
                new DecodeFunction("samples", "id-of-samples", format, new SpecRegistry(specs), chained);
        flink = new OneInputStreamOperatorTestHarness<>(
                new ProcessOperator<>(function), KEY_GROUPS, parallelism, subtask);
        flink.setup(new TrainerInputSerializer());
    }

    static DecodeHarness start(ModelSpec... specs) throws Exception {
        return start(RecordFormat.avro(), specs);
    }

    static DecodeHarness start(RecordFormat format, ModelSpec... specs) throws Exception {
        DecodeHarness harness = new DecodeHarness(format, List.of(specs), 1, 0);
        harness.flink.open();
        return harness;
    }

    /** Starts a subtask without specifications. */
    static DecodeHarness start(int parallelism, int subtask) throws Exception {
        DecodeHarness harness = new DecodeHarness(RecordFormat.avro(), List.of(), parallelism, subtask);
        harness.flink.open();
        return harness;
    }

    /** Starts the first subtask of a graph without an exchange. */
    static DecodeHarness startChained(int parallelism) throws Exception {
        DecodeHarness harness = new DecodeHarness(RecordFormat.avro(), List.of(), parallelism, 0, true);
        harness.flink.open();
        return harness;
    }

    /**
     * Restores a subtask of {@code to} from the state of all {@code from} subtasks.
     *
     * @param initial specification that the state overrides
     */
    static DecodeHarness restore(ModelSpec initial, OperatorSubtaskState all, int from, int to, int subtask)
            throws Exception {
        DecodeHarness harness = new DecodeHarness(RecordFormat.avro(), List.of(initial), to, subtask);
        harness.flink.initializeState(
                AbstractStreamOperatorTestHarness.repartitionOperatorState(all, KEY_GROUPS, from, to, subtask));
        harness.flink.open();
        return harness;
    }

    void send(SourceRecord record) throws Exception {
        flink.processElement(new StreamRecord<>(record));
    }

    void apply(SpecChange change) throws Exception {
        flink.processElement(new StreamRecord<>(change));
    }

    OperatorSubtaskState snapshot(long checkpoint) throws Exception {
        return flink.snapshot(checkpoint, checkpoint);
    }

    void time(long millis) throws Exception {
        flink.setProcessingTime(millis);
    }

    List<KeyedSample> samples() {
        return flink.extractOutputValues().stream()
                .filter(KeyedSample.class::isInstance)
                .map(KeyedSample.class::cast)
                .toList();
    }

    /** Returns the changes forwarded in the main output. */
    List<SpecChange> changes() {
        return flink.extractOutputValues().stream()
                .filter(SpecChange.class::isInstance)
                .map(SpecChange.class::cast)
                .toList();
    }

    /** Returns the changes forwarded in the side output, for the learners in other tasks. */
    List<TrainerInput> sideChanges() {
        List<TrainerInput> changes = new ArrayList<>();
        var output = flink.getSideOutput(DecodeFunction.CHANGES);
        if (output != null) {
            output.forEach(record -> changes.add(record.getValue()));
        }
        return changes;
    }

    List<OutputRecord> deadLetters() {
        List<OutputRecord> letters = new ArrayList<>();
        var output = flink.getSideOutput(OutputRecord.DEAD_LETTERS);
        if (output != null) {
            output.forEach(record -> letters.add(record.getValue()));
        }
        return letters;
    }

    OutputRecord onlyDeadLetter() {
        List<OutputRecord> letters = deadLetters();
        assertThat(letters).hasSize(1);
        return letters.get(0);
    }

    static String message(OutputRecord letter) {
        return TestLines.headers(letter).get("__connect.errors.exception.message");
    }

    static String text(OutputRecord letter, int header) {
        return new String(letter.headers().values()[header], UTF_8);
    }

    /** Returns the serialized samples as hexadecimal digits. */
    static List<String> bytes(List<KeyedSample> samples) throws Exception {
        List<String> bytes = new ArrayList<>();
        for (KeyedSample sample : samples) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            new KeyedSampleSerializer().serialize(sample, out);
            bytes.add(HexFormat.of().formatHex(out.getCopyOfBuffer()));
        }
        return bytes;
    }

    @Override
    public void close() throws Exception {
        flink.close();
    }
}
