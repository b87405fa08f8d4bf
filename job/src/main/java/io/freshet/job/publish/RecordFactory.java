package io.freshet.job.publish;

import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.specs.FailedModel;
import io.freshet.job.state.ModelState;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.EpochProgress;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.OpenPredictions;
import io.freshet.learning.learner.RejectedSamples;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.schemas.snapshot.HistoryCodec;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Builds outgoing records: snapshots, lineages, evaluations, and dead letters. */
public final class RecordFactory {
    private static final byte[] NO_VALUE = {};

    private final String topic;
    private final @Nullable String topicId;
    private final LongSupplier clock;
    private final SnapshotCodec snapshots = new SnapshotCodec();
    private final HistoryCodec history = new HistoryCodec(snapshots);
    private final EvaluationCodec evaluations = new EvaluationCodec();
    private long startedAt;

    /**
     * @param topic name of the samples topic, for lineage and dead letters
     * @param topicId its id, for dead letters; null if unknown
     * @param clock time in milliseconds since 1970, UTC
     */
    public RecordFactory(String topic, @Nullable String topicId, LongSupplier clock) {
        this.topic = topic;
        this.topicId = topicId;
        this.clock = clock;
    }

    /** Records the start of this run, on its first sample. */
    public void started() {
        if (startedAt == 0) {
            startedAt = now();
        }
    }

    private long now() {
        return clock.getAsLong();
    }

    /** Returns the snapshot of a state. */
    PublishedSnapshot publish(Learner learner, String modelKey, ModelState state) {
        long before = state.published().version();
        return snapshots.publish(
                learner.snapshot(state.learner(), ModelKey.key(modelKey)),
                before == 0 ? SnapshotCodec.NO_PARENT : before,
                topic,
                now(),
                FreshetVersion.VERSION);
    }

    /** Returns the records of a snapshot, omitting the blocks unchanged since version {@code since}. */
    List<OutputRecord> snapshot(String modelKey, PublishedSnapshot published, long since) {
        return records(modelKey, snapshots.write(published, since), published.publishedAt());
    }

    /** Returns the history record of a snapshot. */
    OutputRecord history(String modelKey, PublishedSnapshot published) {
        return OutputRecord.of(modelKey, history.write(published), published.publishedAt());
    }

    /** Returns the history record of a specification. */
    public OutputRecord specification(Learner learner) {
        long now = now();
        return OutputRecord.of(learner.hash(), history.write(learner.spec(), learner.hash(), now), now);
    }

    /** Returns tombstones of a snapshot and its first {@code blocks} blocks. */
    List<OutputRecord> delete(String modelKey, int blocks) {
        return records(modelKey, snapshots.delete(ModelKey.model(modelKey), ModelKey.key(modelKey), blocks), now());
    }

    /** Returns tombstones of the blocks {@code [from, to)}. */
    List<OutputRecord> deleteBlocks(String modelKey, int from, int to) {
        return records(
                modelKey, snapshots.deleteBlocks(ModelKey.model(modelKey), ModelKey.key(modelKey), from, to), now());
    }

    private static List<OutputRecord> records(String modelKey, List<KeyedBytes> records, long now) {
        return records.stream()
                .map(record -> OutputRecord.of(modelKey, record, now))
                .toList();
    }

    /**
     * Returns the record of an evaluation.
     *
     * @param learner that the state was trained with
     * @param published of the model key
     * @param last whether this is the last evaluation, at the end of the input
     * @param replicaLosses mean loss of each replica in the round that ended the window; empty without replicas
     */
    public OutputRecord evaluation(
            Learner learner,
            String modelKey,
            LearnerState state,
            Evaluation.Published published,
            boolean last,
            Evaluation.Progress progress,
            List<Double> replicaLosses) {
        Evaluation evaluation = evaluate(learner, modelKey, state, published, last, progress, replicaLosses);
        return OutputRecord.of(modelKey, evaluations.write(evaluation), evaluation.emittedAt());
    }

    /** Returns an evaluation, with the same parameters. */
    public Evaluation evaluate(
            Learner learner,
            String modelKey,
            LearnerState state,
            Evaluation.Published published,
            boolean last,
            Evaluation.Progress progress,
            List<Double> replicaLosses) {
        long now = now();
        // A last snapshot follows, unless it is withheld.
        Evaluation.Published newest =
                last && !published.held() ? new Evaluation.Published(state.samples(), now, false) : published;
        Metrics window = state.window().samples() == 0 ? null : state.window().metrics();
        return new Evaluation(
                new Evaluation.Subject(
                        ModelKey.model(modelKey),
                        ModelKey.key(modelKey),
                        state.lineage().origin(),
                        learner.hash()),
                counts(state),
                new Evaluation.Window(state.windows(), last, startedAt, now, window, replicaLosses),
                state.total(),
                learning(state, newest),
                progress);
    }

    /** Returns the record of a model that is no longer learned. */
    public OutputRecord failure(FailedModel failed) {
        long now = now();
        KeyedBytes record = evaluations.write(Evaluation.failed(
                failed.model(), failed.specHash(), failed.failure().reason(), now, failed.nothing()));
        return OutputRecord.of(ModelKey.ofWhole(failed.model()), record, now);
    }

    /** Returns the tombstone of a deleted model key on the metrics topic. */
    public OutputRecord deleteEvaluations(String modelKey) {
        return OutputRecord.of(modelKey, evaluations.delete(ModelKey.model(modelKey), ModelKey.key(modelKey)), now());
    }

    private static Evaluation.Learning learning(LearnerState state, Evaluation.Published published) {
        EpochProgress epochs = state.epochProgress();
        EpochProgress.Best best = epochs.best();
        return new Evaluation.Learning(
                state.updateWindow().metrics(),
                epochs.holdout().weight() == 0 ? null : epochs.holdout().metrics(),
                epochs.epoch(),
                epochs.stopped(),
                state.watcher().events(),
                best == null
                        ? null
                        : new Evaluation.BestEpoch(best.epoch(), best.holdout().metrics()),
                published);
    }

    /**
     * Returns the dead letter of rejected sample {@code i}. Only the decoder has the original bytes, so the value is empty: the
     * headers locate the record by topic, its id, partition, and offset.
     */
    public OutputRecord deadLetter(ModelSpec spec, RejectedSamples rejections, int i) {
        return deadLetter(spec.name(), rejections.partition(i), rejections.offset(i), rejections.reason(i));
    }

    /** Returns the dead letter of a sample that a model did not learn. */
    public OutputRecord deadLetter(String model, Sample sample, String reason) {
        return deadLetter(model, sample.partition(), sample.offset(), reason);
    }

    /** Its time is now: with an old event time, it could expire before it is redriven. */
    private OutputRecord deadLetter(String model, int partition, long offset, String reason) {
        Map<String, byte[]> headers = DeadLetterHeaders.of(topic, partition, offset, "learn", model, reason);
        return new OutputRecord(
                "", null, NO_VALUE, now(), RecordHeaders.of(DeadLetterHeaders.withTopicId(headers, topicId)));
    }

    private static Evaluation.Counts counts(LearnerState state) {
        OpenPredictions open = state.openPredictions();
        return new Evaluation.Counts(
                state.samples(),
                state.updates(),
                state.rejected(),
                state.corrections(),
                open == null ? 0 : open.unmatched());
    }
}
