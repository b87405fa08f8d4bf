package io.freshet.job.learn;

import io.freshet.job.observe.Backlog;
import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.publish.LearnOutput;
import io.freshet.job.publish.RecordFactory;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.state.ModelState;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.RejectedSamples;
import io.freshet.learning.stream.StreamListener;
import io.freshet.schemas.facts.Evaluation.Progress;
import io.freshet.schemas.facts.Evaluation.Published;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports what is learned into the {@link CurrentModel}: evaluations, rejected samples, specifications in use, and metrics. */
final class LearnReports implements StreamListener {
    private static final Logger LOG = LoggerFactory.getLogger(LearnReports.class);

    private final CurrentModel current;
    private final RecordFactory records;
    private final LearnOutput out;
    private final LearnMetrics metrics;
    private final Backlog backlog;
    /** Hashes of the specifications sent to the history topic. */
    private final Set<String> sent = new HashSet<>();

    private @Nullable Learner last;
    private long start;
    private long updatesBefore;

    LearnReports(CurrentModel current, RecordFactory records, LearnOutput out, LearnMetrics metrics, Backlog backlog) {
        this.current = current;
        this.records = records;
        this.out = out;
        this.metrics = metrics;
        this.backlog = backlog;
    }

    /**
     * Sends a specification to the history topic when it is first used, since a lineage may name one that no snapshot contains. Other
     * subtasks and restarted jobs send the same record again under the same key.
     */
    @Override
    public void using(Learner learner) {
        if (learner == last) {
            return;
        }
        last = learner;
        records.started();
        if (sent.add(learner.hash())) {
            out.send(OutputRecord.HISTORY, records.specification(learner));
        }
    }

    @Override
    public void learning(LearnerState state) {
        updatesBefore = state.updates();
        start = metrics.start();
    }

    @Override
    public void learned(Learner learner, LearnerState state, Sample sample) {
        metrics.learned(start, sample.eventTime(), state.updates() - updatesBefore);
        backlog.learned(sample.partition(), sample.offset());
        rejected(learner);
    }

    /** Sends the samples that a learner has just rejected to the dead letters. */
    void rejected(Learner learner) {
        RejectedSamples rejections = learner.rejections();
        for (int i = 0; i < rejections.count(); i++) {
            metrics.rejected(rejections, i);
            out.send(OutputRecord.DEAD_LETTERS, records.deadLetter(learner.spec(), rejections, i));
        }
    }

    /** Counts a sample that was received before. */
    void duplicate() {
        metrics.duplicate();
    }

    @Override
    public void windowEnded(Learner learner, LearnerState state) {
        windowEnded(learner, state, List.of());
    }

    /**
     * Sends the evaluation of a merged state.
     *
     * @param replicaLosses mean loss of each replica in the round that ended the window
     */
    void windowEnded(Learner learner, LearnerState state, List<Double> replicaLosses) {
        evaluate(learner, state, false, replicaLosses);
    }

    /** Sends the last evaluation of a bounded input. */
    void lastWindowEnded(Learner learner, LearnerState state) {
        evaluate(learner, state, true, List.of());
    }

    private void evaluate(Learner learner, LearnerState state, boolean last, List<Double> replicaLosses) {
        metrics.windowEnded(learner.spec(), state);
        ModelState stored = current.state();
        Published published = new Published(
                stored.published().version(),
                stored.publishedAt() == ModelState.NEVER ? null : (Long) stored.publishedAt(),
                learner.isHeld(state));
        Progress progress = backlog.progress(state.lineage().watermark());
        out.send(
                OutputRecord.EVALUATIONS,
                records.evaluation(learner, current.modelKey(), state, published, last, progress, replicaLosses));
    }

    /** Reports optimizer steps, and rejected samples, at the end of a bounded input. */
    void finished(Learner learner, long updates) {
        metrics.updated(updates);
        rejected(learner);
    }

    /** Reports that a round closes without replicas that have been silent for too long. */
    void missing(Learner learner, long round, List<Integer> replicas) {
        LOG.info(
                "model {}: round {} closes without replicas {} (replicas.idle)",
                learner.spec().name(),
                round,
                replicas);
        metrics.closedEarly();
    }
}
