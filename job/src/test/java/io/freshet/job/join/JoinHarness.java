package io.freshet.job.join;

import io.freshet.job.join.score.ClosedRequest;
import io.freshet.job.join.score.JoinDelta;
import io.freshet.job.join.score.ScoreInput;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.learning.features.Stage;
import io.freshet.learning.join.JoinOutcome;
import io.freshet.learning.join.JoinRequest;
import io.freshet.learning.join.JoinState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleReader;
import io.freshet.schemas.sample.SampleWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** One subtask of the join in Flink's operator harness, for models whose key is {@code origin} or none. */
public final class JoinHarness implements AutoCloseable {
    private static final int KEY_GROUPS = 16;
    private static final JoinTopics TOPICS = new JoinTopics("answers", "outcomes");

    private final JoinOperator operator;
    private final KeyedOneInputStreamOperatorTestHarness<String, JoinInput, OutputRecord> harness;
    private final SampleReader reader = new SampleReader();
    private long checkpoint;
    private long offset;
    private long changes;
    /** Of the specification by which the next records are read. */
    private long incarnation = JoinState.NO_INCARNATION;

    private JoinHarness(Backend backend, List<ModelSpec> specs, int parallelism, int subtask) throws Exception {
        operator = new JoinOperator(TOPICS, new SpecRegistry(specs));
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                operator,
                input -> ((JoinInput.Keyed) input).modelKey(),
                Types.STRING,
                KEY_GROUPS,
                parallelism,
                subtask);
        harness.setStateBackend(backend.create());
        harness.setup(OutputRecord.TYPE.createSerializer(new SerializerConfigImpl()));
    }

    public static JoinHarness start(Backend backend, ModelSpec... specs) throws Exception {
        JoinHarness result = new JoinHarness(backend, List.of(specs), 1, 0);
        result.harness.open();
        return result;
    }

    /** Restores a subtask of {@code to} from the state of all {@code from} subtasks. */
    public static JoinHarness restore(Backend backend, OperatorSubtaskState all, int from, int to, int subtask)
            throws Exception {
        JoinHarness result = new JoinHarness(backend, List.of(), to, subtask);
        result.harness.initializeState(
                AbstractStreamOperatorTestHarness.repartitionOperatorState(all, KEY_GROUPS, from, to, subtask));
        result.harness.open();
        return result;
    }

    public OperatorSubtaskState snapshot() throws Exception {
        harness.prepareSnapshotPreBarrier(++checkpoint);
        return harness.snapshot(checkpoint, checkpoint);
    }

    public void request(String model, String id, long time) throws Exception {
        byte[] sample = new SampleWriter()
                .write(new SampleHeader(id, model, time, 0), Map.of("a", 1.0), Map.of("origin", "SEA"), Map.of());
        byte[] content = new RequestContent(sample, null, List.of(), List.of().hashCode()).write();
        send(new JoinInput.Requested(
                model + "/" + id, new JoinRequest(time, false, content), incarnation, record("request " + id, time)));
    }

    /** Sends a request whose content cannot be read. */
    public void unreadableRequest(String model, String id, long time) throws Exception {
        JoinRequest request = new JoinRequest(time, false, new byte[] {1});
        send(new JoinInput.Requested(model + "/" + id, request, incarnation, record("request " + id, time)));
    }

    /** Sends a request of a model with one field in {@code slices}. */
    public void request(String model, String id, long time, ModelSpec spec) throws Exception {
        byte[] sample = new SampleWriter()
                .write(new SampleHeader(id, model, time, 0), Map.of("a", 1.0), Map.of("origin", "SEA"), Map.of());
        int fields = Objects.requireNonNull(spec.join()).slices().hashCode();
        byte[] content = new RequestContent(sample, null, List.of("SEA"), fields).write();
        send(new JoinInput.Requested(
                model + "/" + id, new JoinRequest(time, false, content), incarnation, record("request " + id, time)));
    }

    public void outcome(String model, String id, double value, long time) throws Exception {
        outcome(model, id, value, time, null);
    }

    public void outcome(String model, String id, double value, long time, @Nullable String outcomeId) throws Exception {
        SourceRecord record = record("outcome " + id, time);
        send(new JoinInput.Observed(
                model + "/" + id,
                new JoinOutcome(time, record.partition(), record.offset(), value, outcomeId, false, null),
                incarnation,
                record));
    }

    public void send(JoinInput input) throws Exception {
        harness.processElement(new StreamRecord<>(input));
    }

    /** Rejects a record of a model. */
    public void rejected(String model) throws Exception {
        send(new JoinInput.Rejected(ModelKey.ofWhole(model)));
    }

    /** Applies or deletes. */
    public void change(SpecChange change) throws Exception {
        send(new JoinInput.Changed(changes++, change));
    }

    /** Reads the next records as a decoder does for which the model has this incarnation: the number of a change, from 0. */
    public void read(long change) {
        incarnation = change;
    }

    private SourceRecord record(String value, long time) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return new SourceRecord(2, offset++, time, bytes, bytes, RecordHeaders.NONE);
    }

    public void watermark(long time) throws Exception {
        harness.processWatermark(new Watermark(time));
    }

    /** Ends the input. */
    public void drain() throws Exception {
        harness.processWatermark(Watermark.MAX_WATERMARK);
        harness.endInput();
    }

    public void processingTime(long time) throws Exception {
        harness.setProcessingTime(time);
    }

    /** Returns the samples since the last call: {@code STAGE id label}, with the previous label if there is one. */
    public List<String> samples() throws MalformedRecordException {
        List<String> result = new ArrayList<>();
        for (Object element : harness.getOutput()) {
            if (element instanceof StreamRecord<?> record) {
                result.add(sample((OutputRecord) record.getValue()));
            }
        }
        harness.getOutput().clear();
        return result;
    }

    private String sample(OutputRecord record) throws MalformedRecordException {
        SampleReader.Fields fields = reader.read(record.value());
        SampleHeader header = fields.header();
        String label =
                fields.texts().getOrDefault("y", String.valueOf(fields.numbers().get("y")));
        boolean complete = fields.numbers().containsKey("a");
        if (complete == (header.stage() == Stage.CLOSED)) {
            throw new AssertionError("features of " + header);
        }
        return header.stage() + " " + header.id() + " " + label
                + (header.previous() == null ? "" : " from " + header.previous());
    }

    /** Returns the keys of the samples since the last call. */
    public List<String> keys() {
        List<String> result = new ArrayList<>();
        for (Object element : harness.getOutput()) {
            if (element instanceof StreamRecord<?> record) {
                result.add(new String(((OutputRecord) record.getValue()).key(), StandardCharsets.UTF_8));
            }
        }
        harness.getOutput().clear();
        return result;
    }

    /** Returns the records that were not joined: their values, and the header with a name. */
    public List<String> unjoined(String header) {
        return side(harness.getSideOutput(JoinOperator.UNJOINED), header);
    }

    public List<String> deadLetters(String header) {
        return side(harness.getSideOutput(OutputRecord.DEAD_LETTERS), header);
    }

    private static List<String> side(Queue<StreamRecord<OutputRecord>> records, String header) {
        List<String> result = new ArrayList<>();
        if (records != null) {
            for (StreamRecord<OutputRecord> record : records) {
                String value = new String(record.getValue().value(), StandardCharsets.UTF_8);
                RecordHeaders headers = record.getValue().headers();
                for (int i = 0; i < headers.count(); i++) {
                    if (headers.names()[i].equals(header)) {
                        result.add(value + ": " + new String(headers.values()[i], StandardCharsets.UTF_8));
                    }
                }
            }
            records.clear();
        }
        return result;
    }

    public List<ScoreInput> scores() {
        Queue<StreamRecord<ScoreInput>> records = harness.getSideOutput(JoinOperator.SCORES);
        return records == null
                ? List.of()
                : records.stream().map(StreamRecord::getValue).toList();
    }

    /** Returns the sum of a count that was sent so far. */
    public long count(JoinCount count) {
        return scores().stream()
                .filter(JoinDelta.class::isInstance)
                .mapToLong(delta -> ((JoinDelta) delta).counts()[count.ordinal()])
                .sum();
    }

    public List<ClosedRequest> closed() {
        return scores().stream()
                .filter(ClosedRequest.class::isInstance)
                .map(ClosedRequest.class::cast)
                .toList();
    }

    /** Returns how many ids the state backend has. */
    public long ids() {
        try (Stream<?> keys = operator.getKeyedStateBackend().getKeys("join", VoidNamespace.INSTANCE)) {
            return keys.count();
        }
    }

    public int timers() {
        return harness.numEventTimeTimers();
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
