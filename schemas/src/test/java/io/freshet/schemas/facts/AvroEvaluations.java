package io.freshet.schemas.facts;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.ScorePoints;
import io.freshet.learning.evaluation.ScoreSketch;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.schemas.avro.AvroMetrics;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Converts evaluations to Avro's generated records, which Avro's own encoder writes. */
final class AvroEvaluations {
    private AvroEvaluations() {}

    /** Returns the record of an evaluation whose sums and partitions all fit. */
    static io.freshet.wire.Evaluation record(Evaluation evaluation) {
        Evaluation.Window window = evaluation.window();
        Tally total = evaluation.total();
        ScorePoints scores = total.scores().points();
        Evaluation.Learning learning = evaluation.learning();
        Evaluation.Progress progress = evaluation.progress();
        return io.freshet.wire.Evaluation.newBuilder()
                .setModel(evaluation.model())
                .setKey(evaluation.key())
                .setVersion(evaluation.counts().version())
                .setUpdates(evaluation.counts().updates())
                .setRejected(evaluation.counts().rejected())
                .setCorrections(evaluation.counts().corrections())
                .setUnscored(evaluation.counts().unscored())
                .setPublished(evaluation.learning().published().version())
                .setPublishedAt(
                        evaluation.learning().published().at() == null
                                ? null
                                : Instant.ofEpochMilli(
                                        evaluation.learning().published().at()))
                .setHeld(evaluation.learning().published().held())
                .setWindowIndex(window.index())
                .setLast(window.last())
                .setStartedAt(Instant.ofEpochMilli(window.startedAt()))
                .setEmittedAt(Instant.ofEpochMilli(window.emittedAt()))
                .setTask(total.task().name().toLowerCase(Locale.ROOT))
                .setWindow(metrics(window.metrics()))
                .setTotal(metrics(total.metrics()))
                .setSums(doubles(total.sums()))
                .setClasses(doubles(total.classes()))
                .setUpdateMetrics(updates(learning.updates()))
                .setHoldout(metrics(learning.holdout()))
                .setEpoch(learning.epoch())
                .setStopped(learning.stopped())
                .setEvents(
                        learning.events().stream().map(AvroEvaluations::event).toList())
                .setWatermark(progress.watermark() == null ? null : Instant.ofEpochMilli(progress.watermark()))
                .setBehind(progress.behind())
                .setCatchingUp(progress.catchingUp())
                .setPartitions(Arrays.stream(evaluation.incarnation().partitions())
                        .boxed()
                        .toList())
                .setFirstOffsets(Arrays.stream(evaluation.incarnation().firstOffsets())
                        .boxed()
                        .toList())
                .setSpecHash(evaluation.specHash())
                .setFailure(evaluation.failure() == null ? "" : evaluation.failure())
                .setClassSums(doubles(total.classSums()))
                .setBestHoldout(
                        learning.best() == null ? null : metrics(learning.best().holdout()))
                .setBestEpoch(learning.best() == null ? 0 : learning.best().epoch())
                .setScores(points(scores)
                        .mapToObj(i -> ScoreSketch.score(scores.keyAt(i)))
                        .toList())
                .setNegatives(points(scores).mapToObj(scores::negativesAt).toList())
                .setPositives(points(scores).mapToObj(scores::positivesAt).toList())
                .setReplicaLosses(window.replicaLosses())
                .build();
    }

    private static IntStream points(ScorePoints scores) {
        return IntStream.range(0, scores.size());
    }

    private static io.freshet.wire.@Nullable Metrics metrics(@Nullable Metrics metrics) {
        return metrics == null ? null : AvroMetrics.record(metrics);
    }

    private static List<Double> doubles(double[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    private static io.freshet.wire.@Nullable UpdateMetrics updates(@Nullable UpdateMetrics updates) {
        return updates == null
                ? null
                : new io.freshet.wire.UpdateMetrics(
                        updates.updates(),
                        updates.learningRate(),
                        updates.gradientNorm(),
                        updates.updateNorm(),
                        updates.clippedShare(),
                        updates.rejectedShare());
    }

    private static io.freshet.wire.Event event(Event event) {
        return new io.freshet.wire.Event(
                event.kind().text(),
                event.detector(),
                event.samples(),
                event.before(),
                event.after(),
                event.action(),
                event.samplesIn().stream().map(Event.Offsets::partition).toList(),
                event.samplesIn().stream().map(Event.Offsets::first).toList(),
                event.samplesIn().stream().map(Event.Offsets::last).toList());
    }
}
