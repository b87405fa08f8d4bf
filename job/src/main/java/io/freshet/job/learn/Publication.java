package io.freshet.job.learn;

import io.freshet.job.publish.FreshetVersion;
import io.freshet.job.publish.OutRecord;
import io.freshet.learning.learner.Course;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.Rejections;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.DeadLetterHeaders;
import io.freshet.schemas.Evaluation;
import io.freshet.schemas.EvaluationCodec;
import io.freshet.schemas.KeyedBytes;
import io.freshet.schemas.SnapshotCodec;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/** Makes records of what the learner has to say: snapshots, evaluations, dead letters. The one place with a clock. */
final class Publication implements Serializable {
    private static final long serialVersionUID = 1;
    private static final byte[] NOTHING = {};

    private final String topic;
    private transient SnapshotCodec snapshots;
    private transient EvaluationCodec evaluations;
    private transient long startedAt;

    @SuppressWarnings("NullAway.Init")
    Publication(String topic) {
        this.topic = topic;
    }

    void open() {
        snapshots = new SnapshotCodec();
        evaluations = new EvaluationCodec();
    }

    /** Says that the first sample of this run is about to be learned, if it is. */
    void started() {
        if (startedAt == 0) {
            startedAt = System.currentTimeMillis();
        }
    }

    /** Returns milliseconds since 1970, UTC. */
    long millis() {
        return System.currentTimeMillis();
    }

    /** Returns nanoseconds since some moment, to measure how long something takes. */
    long nanos() {
        return System.nanoTime();
    }

    List<OutRecord> snapshot(Learner learner, String address, LearnerState state) {
        long now = System.currentTimeMillis();
        return snapshots.write(learner.snapshot(state, key(address)), topic, now, FreshetVersion.VERSION).stream()
                .map(record -> OutRecord.of(address, record, now))
                .toList();
    }

    /** Returns tombstones of a snapshot of so many parameters, and of its blocks. */
    List<OutRecord> delete(String address, String model, int parameterCount) {
        long now = System.currentTimeMillis();
        return snapshots.delete(model, key(address), parameterCount).stream()
                .map(record -> OutRecord.of(address, record, now))
                .toList();
    }

    /** Returns tombstones of the blocks that a snapshot of {@code before} parameters has and one of {@code after} not. */
    List<OutRecord> deleteBlocks(String address, String model, int before, int after) {
        List<OutRecord> all = delete(address, model, before);
        return all.subList(delete(address, model, after).size(), all.size());
    }

    OutRecord evaluation(
            ModelSpec spec, String address, LearnerState state, boolean last, Evaluation.Progress progress) {
        long now = System.currentTimeMillis();
        KeyedBytes record = evaluations.write(new Evaluation(
                spec.name(),
                key(address),
                state.samples(),
                state.updates(),
                state.rejected(),
                state.windows(),
                last,
                startedAt,
                now,
                state.window().samples() == 0 ? null : state.window().metrics(),
                state.total(),
                learning(state),
                progress));
        return OutRecord.of(address, record, now);
    }

    private static Evaluation.Learning learning(LearnerState state) {
        Course course = state.course();
        return new Evaluation.Learning(
                state.updateWindow().metrics(),
                course.holdout().samples() == 0 ? null : course.holdout().metrics(),
                course.epoch(),
                course.stopped(),
                state.watcher().events());
    }

    /** The bytes of the sample stayed with the decoder; topic, partition and offset say where they still are. */
    OutRecord deadLetter(ModelSpec spec, Rejections rejections, int i) {
        Map<String, byte[]> headers = DeadLetterHeaders.of(
                topic, rejections.partition(i), rejections.offset(i), "learn", spec.name(), rejections.reason(i));
        long now = System.currentTimeMillis();
        return OutRecord.withHeaders(null, NOTHING, Math.min(rejections.eventTime(i), now), headers);
    }

    private static String key(String address) {
        return address.substring(address.indexOf('/') + 1);
    }
}
