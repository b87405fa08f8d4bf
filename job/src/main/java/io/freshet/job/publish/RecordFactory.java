package io.freshet.job.publish;

import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.state.ModelState;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.learner.EpochProgress;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.Rejections;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.deadletter.DeadLetterHeaders;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.EvaluationCodec;
import io.freshet.schemas.history.HistoryCodec;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/** Makes records of what the learner has to say: snapshots, evaluations, dead letters. The one place with a clock. */
public final class RecordFactory implements Serializable {
    private static final long serialVersionUID = 1;
    private static final byte[] NOTHING = {};

    private final String topic;
    private transient SnapshotCodec snapshots;
    private transient HistoryCodec history;
    private transient EvaluationCodec evaluations;
    private transient long startedAt;

    @SuppressWarnings("NullAway.Init")
    public RecordFactory(String topic) {
        this.topic = topic;
    }

    public void open() {
        snapshots = new SnapshotCodec();
        history = new HistoryCodec(snapshots);
        evaluations = new EvaluationCodec();
    }

    /** Says that the first sample of this run is about to be learned, if it is. */
    public void started() {
        if (startedAt == 0) {
            startedAt = System.currentTimeMillis();
        }
    }

    /** Returns what is to be published of a state. */
    PublishedSnapshot publish(Learner learner, String address, ModelState state) {
        long before = state.published().version();
        return snapshots.publish(
                learner.snapshot(state.learner(), ModelKey.key(address)),
                before == 0 ? SnapshotCodec.NO_PARENT : before,
                topic,
                System.currentTimeMillis(),
                FreshetVersion.VERSION);
    }

    /** Returns milliseconds since 1970, UTC. */
    public long millis() {
        return System.currentTimeMillis();
    }

    /** Returns nanoseconds since some moment, to measure how long something takes. */
    public long nanos() {
        return System.nanoTime();
    }

    /** Returns the records of a snapshot; of a large one, the blocks that changed after version {@code since}. */
    List<OutputRecord> snapshot(String address, PublishedSnapshot published, long since) {
        return records(address, snapshots.write(published, since), published.publishedAt());
    }

    /** Returns the record that says what a snapshot learned from. */
    OutputRecord history(String address, PublishedSnapshot published) {
        return OutputRecord.of(address, history.write(published), published.publishedAt());
    }

    /** Returns the record that keeps a specification for as long as lineages may name it. */
    OutputRecord specification(Learner learner) {
        long now = System.currentTimeMillis();
        return OutputRecord.of(learner.hash(), history.write(learner.spec(), learner.hash(), now), now);
    }

    /** Returns tombstones of a snapshot, and of so many blocks of it. */
    List<OutputRecord> delete(String address, String model, int blocks) {
        return records(address, snapshots.delete(model, ModelKey.key(address), blocks), System.currentTimeMillis());
    }

    /** Returns tombstones of the blocks from one number to before another. */
    List<OutputRecord> deleteBlocks(String address, String model, int from, int to) {
        return records(
                address, snapshots.deleteBlocks(model, ModelKey.key(address), from, to), System.currentTimeMillis());
    }

    private static List<OutputRecord> records(String address, List<KeyedBytes> records, long now) {
        return records.stream()
                .map(record -> OutputRecord.of(address, record, now))
                .toList();
    }

    public OutputRecord evaluation(
            ModelSpec spec, String address, LearnerState state, boolean last, Evaluation.Progress progress) {
        long now = System.currentTimeMillis();
        Metrics window = state.window().samples() == 0 ? null : state.window().metrics();
        KeyedBytes record = evaluations.write(new Evaluation(
                new Evaluation.Subject(
                        spec.name(), ModelKey.key(address), state.lineage().origin()),
                new Evaluation.Counts(state.samples(), state.updates(), state.rejected()),
                new Evaluation.Window(state.windows(), last, startedAt, now, window),
                state.total(),
                learning(state),
                progress));
        return OutputRecord.of(address, record, now);
    }

    /** Returns the tombstone that says on the metrics topic that a model and key is no more. */
    public OutputRecord deleteEvaluations(String address, String model) {
        return OutputRecord.of(address, evaluations.delete(model, ModelKey.key(address)), System.currentTimeMillis());
    }

    private static Evaluation.Learning learning(LearnerState state) {
        EpochProgress course = state.course();
        return new Evaluation.Learning(
                state.updateWindow().metrics(),
                course.holdout().samples() == 0 ? null : course.holdout().metrics(),
                course.epoch(),
                course.stopped(),
                state.watcher().events());
    }

    /** The bytes of the sample stayed with the decoder; topic, partition and offset say where they still are. */
    public OutputRecord deadLetter(ModelSpec spec, Rejections rejections, int i) {
        Map<String, byte[]> headers = DeadLetterHeaders.of(
                topic, rejections.partition(i), rejections.offset(i), "learn", spec.name(), rejections.reason(i));
        long now = System.currentTimeMillis();
        return new OutputRecord("", null, NOTHING, Math.min(rejections.eventTime(i), now), RecordHeaders.of(headers));
    }
}
