package io.freshet.job.join.score;

import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.JoinReportCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** One subtask that counts and scores, in Flink's operator harness. */
final class ScoreHarness implements AutoCloseable {
    private static final int KEY_GROUPS = 16;

    private final KeyedOneInputStreamOperatorTestHarness<String, ScoreInput, OutputRecord> harness;
    private final JoinReportCodec codec = new JoinReportCodec();
    private long checkpoint;

    private final Map<String, Integer> shapes = new HashMap<>();

    private ScoreHarness(Backend backend, int parallelism, int subtask, @Nullable OperatorSubtaskState from)
            throws Exception {
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new ScoreOperator(), ScoreInput::model, Types.STRING, KEY_GROUPS, parallelism, subtask);
        harness.setStateBackend(backend.create());
        harness.setup(OutputRecord.TYPE.createSerializer(new SerializerConfigImpl()));
        if (from != null) {
            harness.initializeState(from);
        }
        harness.open();
    }

    static ScoreHarness start(Backend backend, ModelSpec... specs) throws Exception {
        ScoreHarness started = new ScoreHarness(backend, 1, 0, null);
        for (ModelSpec spec : specs) {
            started.send(JoinApplied.of(spec));
        }
        return started;
    }

    static ScoreHarness restore(Backend backend, OperatorSubtaskState from) throws Exception {
        return new ScoreHarness(backend, 1, 0, from);
    }

    /** Restores a subtask of {@code to} from the state of all {@code from} subtasks. */
    static ScoreHarness restore(OperatorSubtaskState all, int from, int to, int subtask) throws Exception {
        return new ScoreHarness(
                Backend.HEAP,
                to,
                subtask,
                AbstractStreamOperatorTestHarness.repartitionOperatorState(all, KEY_GROUPS, from, to, subtask));
    }

    void send(ScoreInput input) throws Exception {
        if (input instanceof JoinApplied applied) {
            shapes.put(applied.model(), ClosedRequest.shape(ModelSpec.parse(applied.yaml())));
        }
        if (input instanceof ClosedRequest closed && closed.shape() == ClosedRequests.SHAPE) {
            input = new ClosedRequest(
                    closed.model(),
                    closed.label(),
                    closed.delayMillis(),
                    closed.answer(),
                    shapes.getOrDefault(closed.model(), ClosedRequests.SHAPE),
                    closed.slices());
        }
        harness.processElement(new StreamRecord<>(input));
    }

    void watermark(long millis) throws Exception {
        harness.processWatermark(new Watermark(millis));
    }

    void time(long millis) throws Exception {
        harness.setProcessingTime(millis);
    }

    void end() throws Exception {
        harness.endInput();
    }

    OperatorSubtaskState snapshot() throws Exception {
        checkpoint++;
        harness.prepareSnapshotPreBarrier(checkpoint);
        return harness.snapshot(checkpoint, checkpoint);
    }

    int states() {
        return harness.numKeyedStateEntries();
    }

    /** Returns the records sent since the last call. */
    List<OutputRecord> take() {
        List<OutputRecord> records = new ArrayList<>(harness.extractOutputValues());
        harness.getOutput().clear();
        return records;
    }

    /** Returns the reports sent since the last call. */
    List<JoinReport> takeReports() throws MalformedRecordException {
        List<JoinReport> reports = new ArrayList<>();
        for (OutputRecord record : take()) {
            reports.add(codec.read(Objects.requireNonNull(record.value())));
        }
        return reports;
    }

    /** Returns the last report sent since the last call: of the current window, whether one ended before. */
    JoinReport takeLast() throws MalformedRecordException {
        List<JoinReport> reports = takeReports();
        return reports.get(reports.size() - 1);
    }

    /** Returns the only report sent since the last call. */
    JoinReport takeReport() throws MalformedRecordException {
        List<JoinReport> reports = takeReports();
        if (reports.size() != 1) {
            throw new AssertionError(reports.size() + " reports: " + reports);
        }
        return reports.get(0);
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
