package io.freshet.job.join;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.UnjoinedHeaders;
import io.freshet.wire.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** The join operator in Flink's harness, as several subtasks that are restored at any time, and its output by id. */
final class JoinedIds implements AutoCloseable {
    private static final int KEY_GROUPS = 16;
    private static final BinaryMessageDecoder<GenericRecord> SAMPLES =
            new BinaryMessageDecoder<>(GenericData.get(), Sample.getClassSchema());

    private final Backend backend;
    private final List<ModelSpec> specs;
    private final Map<String, List<String>> outputs = new TreeMap<>();
    private List<KeyedOneInputStreamOperatorTestHarness<String, JoinInput, OutputRecord>> subtasks = new ArrayList<>();
    private long checkpoint;

    JoinedIds(Backend backend, List<ModelSpec> specs, int parallelism) throws Exception {
        this.backend = backend;
        this.specs = specs;
        start(parallelism, null);
    }

    private void start(int parallelism, @Nullable OperatorSubtaskState from) throws Exception {
        int before = subtasks.size();
        subtasks = new ArrayList<>();
        for (int subtask = 0; subtask < parallelism; subtask++) {
            KeyedOneInputStreamOperatorTestHarness<String, JoinInput, OutputRecord> harness =
                    new KeyedOneInputStreamOperatorTestHarness<>(
                            new JoinOperator(new JoinTopics("answers", "outcomes"), new SpecRegistry(specs)),
                            input -> ((JoinInput.Keyed) input).modelKey(),
                            Types.STRING,
                            KEY_GROUPS,
                            parallelism,
                            subtask);
            harness.setStateBackend(backend.create());
            harness.setup(OutputRecord.TYPE.createSerializer(new SerializerConfigImpl()));
            if (from != null) {
                harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                        from, KEY_GROUPS, before, parallelism, subtask));
            }
            harness.open();
            subtasks.add(harness);
        }
    }

    void send(JoinInput.Keyed input) throws Exception {
        subtask(input.modelKey()).processElement(new StreamRecord<>(input));
    }

    KeyedOneInputStreamOperatorTestHarness<String, JoinInput, OutputRecord> subtask(String modelKey) {
        return subtasks.get(KeyGroupRangeAssignment.assignKeyToParallelOperator(modelKey, KEY_GROUPS, subtasks.size()));
    }

    void advance(long watermark) throws Exception {
        for (KeyedOneInputStreamOperatorTestHarness<String, JoinInput, OutputRecord> subtask : subtasks) {
            subtask.processWatermark(new Watermark(watermark));
        }
    }

    /** Writes the state of all subtasks, and reads it again in as many as given. */
    void restart(int parallelism) throws Exception {
        List<OperatorSubtaskState> written = new ArrayList<>();
        checkpoint++;
        for (KeyedOneInputStreamOperatorTestHarness<String, JoinInput, OutputRecord> subtask : subtasks) {
            subtask.prepareSnapshotPreBarrier(checkpoint);
            written.add(subtask.snapshot(checkpoint, checkpoint));
        }
        OperatorSubtaskState all =
                AbstractStreamOperatorTestHarness.repackageState(written.toArray(OperatorSubtaskState[]::new));
        collect();
        stop();
        start(parallelism, all);
    }

    /** Returns the number of ids that are kept. */
    int kept() {
        int kept = 0;
        for (KeyedOneInputStreamOperatorTestHarness<String, JoinInput, OutputRecord> subtask : subtasks) {
            AbstractStreamOperator<?> operator = (AbstractStreamOperator<?>) subtask.getOperator();
            try (Stream<?> keys = operator.getKeyedStateBackend().getKeys("join", VoidNamespace.INSTANCE)) {
                kept += (int) keys.count();
            }
        }
        return kept;
    }

    /** Forgets the output so far; returns the number of records that were not joined. */
    int discard() {
        int unjoined = 0;
        for (KeyedOneInputStreamOperatorTestHarness<String, JoinInput, OutputRecord> subtask : subtasks) {
            subtask.getOutput().clear();
            var side = subtask.getSideOutput(JoinOperator.UNJOINED);
            if (side != null) {
                unjoined += side.size();
                side.clear();
            }
        }
        return unjoined;
    }

    /** Returns the number of timers. */
    int timers() {
        return subtasks.stream()
                .mapToInt(KeyedOneInputStreamOperatorTestHarness::numEventTimeTimers)
                .sum();
    }

    /** Returns what each id has had, in order: samples, and why records of it were not joined. */
    Map<String, List<String>> outputs() throws IOException {
        collect();
        return outputs;
    }

    private void collect() throws IOException {
        for (KeyedOneInputStreamOperatorTestHarness<String, JoinInput, OutputRecord> subtask : subtasks) {
            for (OutputRecord record : subtask.extractOutputValues()) {
                GenericRecord sample = SAMPLES.decode(Objects.requireNonNull(record.value()));
                add(sample.get("model") + "/" + sample.get("id"), describe(sample));
            }
            subtask.getOutput().clear();
            var unjoined = subtask.getSideOutput(JoinOperator.UNJOINED);
            while (unjoined != null && !unjoined.isEmpty()) {
                OutputRecord record = unjoined.remove().getValue();
                add(
                        new String(Objects.requireNonNull(record.key()), UTF_8),
                        new String(Objects.requireNonNull(record.value()), UTF_8) + " " + reason(record));
            }
        }
    }

    private static String describe(GenericRecord sample) {
        Object previous = sample.get("previous");
        return Objects.requireNonNull(Stage.of((int) sample.get("stage"))) + " "
                + ((Map<?, ?>) sample.get("numbers")).get("y")
                + (previous == null ? "" : " instead of " + previous);
    }

    private static String reason(OutputRecord record) {
        for (int i = 0; i < record.headers().count(); i++) {
            if (record.headers().names()[i].equals(UnjoinedHeaders.REASON)) {
                return new String(Objects.requireNonNull(record.headers().values()[i]), UTF_8);
            }
        }
        throw new IllegalStateException("no header " + UnjoinedHeaders.REASON);
    }

    private void add(String id, String what) {
        outputs.computeIfAbsent(id, key -> new ArrayList<>()).add(what);
    }

    private void stop() throws Exception {
        for (KeyedOneInputStreamOperatorTestHarness<String, JoinInput, OutputRecord> subtask : subtasks) {
            subtask.close();
        }
    }

    @Override
    public void close() throws Exception {
        stop();
    }
}
