package io.freshet.cli.tail;

import io.freshet.cli.console.Scores;
import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.facts.HeartbeatCodec;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.loop.JoinReportCodec;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Shows an evaluation: the metrics of its window, or those since the start if the window is empty. Omits metrics of
 * samples without weight. Skips heartbeats, which {@code status} shows.
 */
public final class MetricsView implements RecordView {
    private final EvaluationCodec codec = new EvaluationCodec();
    private final JoinReportView joins = new JoinReportView();
    private final UnlearnedRecords unlearned = new UnlearnedRecords();
    private final MetricsTable table = new MetricsTable(ZoneId.systemDefault());

    @Override
    public @Nullable Map<String, @Nullable Object> fields(ConsumerRecord<byte[], byte[]> record)
            throws MalformedRecordException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (UnlearnedRecords.isDeadLetter(record)) {
            return unlearned.add(record);
        }
        if (HeartbeatCodec.isHeartbeat(record.key())) {
            return null;
        }
        if (JoinReportCodec.isReport(record.key())) {
            return joins.fields(record);
        }
        if (record.value() == null) {
            ParameterKey key = ParameterKey.parse(record.key());
            fields.put("model", key.model());
            fields.put("key", key.key());
            fields.put("state", "deleted");
            return fields;
        }
        Evaluation evaluation = codec.read(record.value());
        fields.put("model", evaluation.model());
        fields.put("key", evaluation.key());
        if (evaluation.failure() != null) {
            fields.put("state", "failed");
            fields.put("failure", evaluation.failure());
            fields.put("hash", evaluation.specHash());
            return fields;
        }
        fields.put("version", evaluation.version());
        fields.put("window", evaluation.window().index());
        Metrics window = evaluation.window().metrics();
        Scores total = Scores.of(evaluation.total());
        if (window == null) {
            put(fields, evaluation.total().samples(), total);
        } else {
            put(fields, window.samples(), total.loss() == null ? Scores.NONE : Scores.of(window));
        }
        fields.put("totalLoss", total.loss());
        put(fields, evaluation.window().replicaLosses());
        put(fields, evaluation.learning());
        put(fields, evaluation.progress());
        fields.put("total", evaluation.total().samples());
        fields.put("rejected", evaluation.counts().rejected());
        if (evaluation.counts().corrections() > 0) {
            fields.put("corrections", evaluation.counts().corrections());
        }
        if (evaluation.counts().unscored() > 0) {
            fields.put("unscored", evaluation.counts().unscored());
        }
        fields.put("deadLetters", unlearned.count(evaluation.model()));
        fields.put("last", evaluation.last());
        return fields;
    }

    @Override
    public boolean isRepetition(ConsumerRecord<byte[], byte[]> record, Map<String, @Nullable Object> fields) {
        return fields.containsKey("join") && joins.isRepetition(record, fields);
    }

    /** Returns a row of a table; for a record that is not an evaluation, a line. */
    @Override
    public String text(ConsumerRecord<byte[], byte[]> record, Map<String, @Nullable Object> fields) {
        return fields.containsKey("total") ? table.row(record.timestamp(), fields) : FieldText.line(record, fields);
    }

    /** Omits the losses of replicas for a model without replicas. */
    private static void put(Map<String, @Nullable Object> fields, List<Double> replicaLosses) {
        List<@Nullable Double> losses = new ArrayList<>();
        for (double loss : replicaLosses) {
            losses.add(Double.isNaN(loss) ? null : (Double) loss);
        }
        if (!losses.isEmpty()) {
            fields.put("replicaLosses", losses);
        }
    }

    /** Omits unknown values, and those that are 0 for most models. */
    private static void put(Map<String, @Nullable Object> fields, Evaluation.Learning learning) {
        UpdateMetrics updates = learning.updates();
        if (updates != null) {
            fields.put("learningRate", updates.learningRate());
            fields.put("gradientNorm", updates.gradientNorm());
            fields.put("updateNorm", updates.updateNorm());
            fields.put("clippedShare", updates.clippedShare());
            fields.put("rejectedShare", updates.rejectedShare());
        }
        Metrics holdout = learning.holdout();
        if (holdout != null) {
            fields.put("holdoutSamples", holdout.samples());
            fields.put("holdoutLoss", holdout.loss());
        }
        fields.put("epoch", learning.epoch());
        if (learning.stopped()) {
            fields.put("stopped", true);
        }
        if (!learning.events().isEmpty()) {
            fields.put("events", learning.events().stream().map(Event::toString).toList());
        }
    }

    private static void put(Map<String, @Nullable Object> fields, Evaluation.Progress progress) {
        Long watermark = progress.watermark();
        if (watermark != null) {
            fields.put("eventTime", Instant.ofEpochMilli(watermark).toString());
        }
        Long behind = progress.behind();
        if (behind != null) {
            fields.put(
                    "stream",
                    progress.catchingUp()
                            ? String.format(Locale.ROOT, "catching up: %,d behind", behind)
                            : "up to date");
            fields.put("behind", behind);
        }
    }

    /** Adds the metrics under the names of {@code freshet tail metrics}. */
    public static void put(Map<String, @Nullable Object> fields, Metrics metrics) {
        put(fields, metrics.samples(), Scores.of(metrics));
    }

    private static void put(Map<String, @Nullable Object> fields, long samples, Scores scores) {
        fields.put("samples", samples);
        for (Metric metric : Metric.values()) {
            fields.put(metric.field(), scores.get(metric));
        }
    }
}
