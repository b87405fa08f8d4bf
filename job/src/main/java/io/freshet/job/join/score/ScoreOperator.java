package io.freshet.job.join.score;

import io.freshet.job.record.OutputRecord;
import io.freshet.job.specs.ModelFailure;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.RecordLimit;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.JoinReportCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what the join of each model does, scores the answers of closed requests, and reports both to the metrics topic: within a
 * second of a change, otherwise every five seconds. Before it, and before a checkpoint, goes a report of the window of {@code
 * evaluation.window} scored answers that ended last. So reports are few, however fast requests close and windows end. Scores by
 * dimension, which are most of a report, are sent once in ten seconds, and when the input ends.
 *
 * <p>Counts and scores are keyed state, so each closed request counts once, whatever fails. Reports may be repeated after a failure.
 * If subtasks of the join close requests at the same time, their order decides which window each belongs to.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else.
public final class ScoreOperator extends AbstractStreamOperator<OutputRecord>
        implements OneInputStreamOperator<ScoreInput, OutputRecord>, BoundedOneInput {
    private static final long serialVersionUID = 1;
    /** The time between two reports of a model whose counts change. */
    static final long CHANGED_MILLIS = 1_000;
    /** The time between two reports of a model whose counts do not change. */
    static final long UNCHANGED_MILLIS = 5_000;
    /** The time between two reports of a model with scores by dimension: of the current window, and of one that ended. */
    static final long DIMENSIONS_MILLIS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(ScoreOperator.class);

    private transient StoredScores stored;
    private transient JoinReportCodec codec;
    private transient Map<String, Reported> models;
    private transient long reached;

    /** The scores of a model, and what of them was reported. */
    private static final class Reported {
        private final ModelScores scores;
        private boolean changed = true;
        /** Whether the log has a fault of this model. */
        private boolean faulty;

        private long reportedAt;
        private long dimensionsAt = Long.MIN_VALUE;
        private long endedDimensionsAt = Long.MIN_VALUE;
        /** Of the window that ended last, until it is sent. */
        private @Nullable JoinReport ended;

        Reported(ModelScores scores) {
            this.scores = scores;
        }
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        stored = new StoredScores(getKeyedStateBackend(), context.getKeyedStateStore());
    }

    @Override
    public void open() throws Exception {
        super.open();
        codec = new JoinReportCodec();
        reached = Long.MIN_VALUE;
        models = new TreeMap<>();
        stored.readAll((model, scores) -> models.put(model, new Reported(scores)));
        scheduleReports();
    }

    /** Does nothing, since state is read when the operator opens, and written before a checkpoint. */
    @Override
    @SuppressWarnings("rawtypes") // Flink's signature.
    public void setKeyContextElement1(StreamRecord element) {}

    /** Ignores what a subtask of the join still sends of a model that was removed. */
    @Override
    public void processElement(StreamRecord<ScoreInput> element) throws Exception {
        ScoreInput input = element.getValue();
        Reported model = models.get(input.model());
        if (input instanceof JoinApplied applied) {
            apply(applied, model);
        } else if (input instanceof JoinRemoved) {
            remove(input.model(), model != null);
        } else if (model != null) {
            stored.changed(input.model());
            model.changed = true;
            attempt(model, () -> add(input, model));
        }
    }

    private void add(ScoreInput input, Reported model) {
        if (input instanceof JoinDelta delta) {
            model.scores.add(delta);
        } else if (model.scores.close((ClosedRequest) input)) {
            model.ended = report(model.scores, true, model.endedDimensionsAt);
            model.scores.endWindow();
        }
    }

    /** Runs code of one model. After a fault, some of its scores may lack a request; labels and other models do not depend on them. */
    private static void attempt(Reported model, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            ModelFailure failure = ModelFailure.of(e);
            if (!model.faulty) {
                model.faulty = true;
                LOG.error("a request is not scored, or a report not sent: {}", failure.reason(), e);
            }
        }
    }

    /** Removes a model; its scores may be in the state only, if this version refuses its specification. */
    private void remove(String name, boolean reported) {
        stored.changed(name);
        if (reported) {
            models.remove(name);
            send(codec.delete(name));
        }
    }

    private void apply(JoinApplied applied, @Nullable Reported model) {
        if (model == null) {
            models.put(applied.model(), new Reported(ModelScores.of(applied)));
            stored.changed(applied.model());
        } else if (model.scores.apply(applied)) {
            model.changed = true;
            stored.changed(applied.model());
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        // The end of a bounded input is no event time.
        if (!mark.equals(Watermark.MAX_WATERMARK)) {
            reached = Math.max(reached, mark.getTimestamp());
        }
        super.processWatermark(mark);
    }

    private void scheduleReports() {
        getProcessingTimeService()
                .registerTimer(getProcessingTimeService().getCurrentProcessingTime() + CHANGED_MILLIS, time -> {
                    for (Reported model : models.values()) {
                        if (model.changed || time - model.reportedAt >= UNCHANGED_MILLIS) {
                            report(model);
                        }
                    }
                    scheduleReports();
                });
    }

    private void report(Reported model) {
        sendEnded(model);
        model.changed = false;
        model.reportedAt = now();
        send(model, () -> {
            JoinReport report = report(model.scores, false, model.dimensionsAt);
            if (report.hasDimensions()) {
                model.dimensionsAt = model.reportedAt;
            }
            return report;
        });
    }

    private void sendEnded(Reported model) {
        JoinReport ended = model.ended;
        if (ended != null) {
            model.ended = null;
            if (ended.hasDimensions()) {
                model.endedDimensionsAt = now();
            }
            send(model, () -> ended);
        }
    }

    /** @param dimensionsAt when the last such report with scores by dimension was sent */
    private JoinReport report(ModelScores scores, boolean ended, long dimensionsAt) {
        Long watermark = reached == Long.MIN_VALUE ? null : (Long) reached;
        ModelScores.At at = new ModelScores.At(ended, now(), watermark);
        boolean isDue = dimensionsAt == Long.MIN_VALUE || at.now() - dimensionsAt >= DIMENSIONS_MILLIS;
        return isDue ? scores.report(at) : scores.summary(at);
    }

    /** Sends a report unless the model has a fault. A failure of the output is the job's. */
    private void send(Reported model, Supplier<JoinReport> reports) {
        List<KeyedBytes> records = new ArrayList<>();
        attempt(model, () -> {
            JoinReport report = reports.get();
            KeyedBytes record = codec.write(report);
            records.add(RecordLimit.fits(record) ? record : codec.write(report.withoutDimensions()));
        });
        records.forEach(this::send);
    }

    private void send(KeyedBytes record) {
        output.collect(new StreamRecord<>(OutputRecord.of("", record, now())));
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    /** Sends what is not part of the state. */
    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        models.values().forEach(this::sendEnded);
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        stored.write(model -> {
            Reported reported = models.get(model);
            return reported == null ? null : reported.scores;
        });
    }

    /** Reports the counts of a bounded input. */
    @Override
    public void endInput() {
        for (Reported model : List.copyOf(models.values())) {
            if (model.changed) {
                model.dimensionsAt = Long.MIN_VALUE;
                report(model);
            }
        }
    }
}
