package io.freshet.cli.train;

import io.freshet.job.publish.RecordFactory;
import io.freshet.job.record.ModelKey;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.RejectedSamples;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.StreamSpec.OnDivergence;
import io.freshet.learning.stream.StreamListener;
import io.freshet.schemas.facts.Evaluation.Progress;
import io.freshet.schemas.facts.Evaluation.Published;
import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Reports what the models of one specification learn, as the job does. Not thread-safe. */
public final class ModelReports implements StreamListener {
    /** A job that learned the same rows would name this topic in its snapshots. */
    private static final String TOPIC = Topics.of(Topics.DEFAULT_PREFIX).samples();

    /** A copy of a large model after each window would take longer than to learn it. */
    private static final int COPIED_PER_SAMPLE = 16;

    private final LongSupplier clock;
    private final LearnerListener listener;
    private final RecordFactory records;
    private final SnapshotCodec codec = new SnapshotCodec();
    /** Snapshots that the divergence policy did not withhold, by key, if it may withhold any. */
    private final Map<String, Snapshot> lastGood = new HashMap<>();

    private String key = "";

    /** @param clock time in milliseconds since 1970, UTC */
    public ModelReports(LongSupplier clock, LearnerListener listener) {
        this.clock = clock;
        this.listener = listener;
        records = new RecordFactory(TOPIC, null, clock);
    }

    /** Reports on the model of a key from now on. */
    void use(String modelKey) {
        key = modelKey;
    }

    @Override
    public void using(Learner learner) {
        records.started();
    }

    @Override
    public void learned(Learner learner, LearnerState state, Sample sample) {
        rejected(learner);
    }

    /** Reports the samples that a learner has just rejected. */
    void rejected(Learner learner) {
        RejectedSamples rejections = learner.rejections();
        for (int i = 0; i < rejections.count(); i++) {
            listener.rejected(
                    learner.spec().name(), rejections.partition(i), rejections.offset(i), rejections.reason(i));
        }
    }

    @Override
    public void windowEnded(Learner learner, LearnerState state) {
        windowEnded(learner, state, List.of());
    }

    /** @param replicaLosses mean loss of each replica in the round that ended the window; empty without replicas */
    void windowEnded(Learner learner, LearnerState state, List<Double> replicaLosses) {
        if (learner.spec().stream().onDivergence() == OnDivergence.HOLD
                && !learner.isHeld(state)
                && isOld(lastGood.get(key), state)) {
            lastGood.put(key, learner.snapshot(state, key));
        }
        evaluated(learner, state, false, replicaLosses);
    }

    private static boolean isOld(@Nullable Snapshot last, LearnerState state) {
        return last == null || (state.samples() - last.version()) * COPIED_PER_SAMPLE >= last.parameters().length;
    }

    private void evaluated(Learner learner, LearnerState state, boolean last, List<Double> replicaLosses) {
        String modelKey = ModelKey.ofWhole(learner.spec().name()) + key;
        listener.evaluated(
                records.evaluate(learner, modelKey, state, Published.UNKNOWN, last, Progress.UNKNOWN, replicaLosses));
    }

    /** Reports the end of a model: the last window, and the final snapshot, unless nothing was learned. */
    void finished(Learner learner, LearnerState state) {
        learner.nextWindow(state, () -> evaluated(learner, state, true, List.of()));
        Snapshot last = last(learner, state);
        if (last != null) {
            listener.published(
                    codec.publish(last, SnapshotCodec.NO_PARENT, TOPIC, clock.getAsLong(), FreshetVersion.VERSION));
        }
    }

    private @Nullable Snapshot last(Learner learner, LearnerState state) {
        if (learner.isWithheld(state)) {
            return lastGood.get(key);
        }
        return state.samples() == 0 ? null : learner.snapshot(state, key);
    }
}
