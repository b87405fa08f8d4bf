package io.freshet.job.learn;

import io.freshet.job.observe.Backlog;
import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.publish.LearnOutput;
import io.freshet.job.publish.PublishSchedule;
import io.freshet.job.publish.PublishedSpecs;
import io.freshet.job.publish.RecordFactory;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.state.KeyedSampleIds;
import io.freshet.job.state.ModelState;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.Rejections;
import io.freshet.learning.stream.Deduplicator;
import io.freshet.learning.stream.StreamLearner;
import io.freshet.learning.stream.StreamLearner.Outcome;
import io.freshet.learning.stream.StreamListener;
import io.freshet.schemas.evaluation.Evaluation.Progress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains the {@link CurrentModel} on samples, and sends snapshots, evaluations, and dead letters when due. */
final class ModelTrainer implements StreamListener {
    private static final Logger LOG = LoggerFactory.getLogger(ModelTrainer.class);

    private final CurrentModel current;
    private final StreamLearner<Exception> stream;
    private final Outputs outputs;
    private final LearnMetrics metrics;
    private final Backlog backlog;
    private final PublishedSpecs specs;
    private long start;
    private long updatesBefore;

    /** The outputs of the trainer, and the factory of their records. */
    record Outputs(RecordFactory records, PublishSchedule snapshots, LearnOutput out) {}

    ModelTrainer(CurrentModel current, KeyedSampleIds ids, Outputs outputs, LearnMetrics metrics, Backlog backlog) {
        this.current = current;
        this.outputs = outputs;
        this.metrics = metrics;
        this.backlog = backlog;
        specs = new PublishedSpecs(outputs.records(), outputs.out());
        stream = new StreamLearner<>(new Deduplicator<>(ids), this);
    }

    /** Applies a sample to the current model, and stores it. */
    Outcome receive(Learner learner, KeyedSample keyed) throws Exception {
        Outcome outcome = stream.receive(learner, current, keyed.sample(), keyed.id());
        current.save();
        return outcome;
    }

    /** Publishes the current model if it has learned enough samples. */
    void publish(Learner learner) {
        outputs.snapshots().learned(learner, current.modelKey(), current.state());
    }

    @Override
    public void using(Learner learner) {
        outputs.records().started();
        specs.use(learner);
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
        reject(learner);
    }

    /** Sends the samples that a learner has just rejected to the dead letters. */
    void reject(Learner learner) {
        Rejections rejections = learner.rejections();
        for (int i = 0; i < rejections.count(); i++) {
            metrics.rejected(rejections, i);
            outputs.out().send(OutputRecord.DEAD_LETTERS, outputs.records().deadLetter(learner.spec(), rejections, i));
        }
    }

    @Override
    public void windowEnded(Learner learner, LearnerState state) {
        windowEnded(learner, state, List.of());
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

    /** Sends the evaluation of a merged state. */
    void windowEnded(Learner learner, LearnerState state, List<Double> replicaLosses) {
        evaluate(learner, state, false, replicaLosses);
    }

    private void evaluate(Learner learner, LearnerState state, boolean last, List<Double> replicaLosses) {
        metrics.windowEnded(learner.spec(), state);
        Progress progress = backlog.progress(state.lineage().watermark());
        outputs.out()
                .send(
                        OutputRecord.EVALUATIONS,
                        outputs.records()
                                .evaluation(learner, current.modelKey(), state, last, progress, replicaLosses));
    }

    /** Ends a bounded input: learns the pending batch, and sends the last evaluation and snapshot. */
    void finish(Learner learner) {
        ModelState state = current.state();
        LearnerState learnerState = state.learner();
        long updates = learnerState.updates();
        stream.finish(learner, learnerState);
        metrics.updated(learnerState.updates() - updates);
        reject(learner);
        learner.nextWindow(learnerState, () -> evaluate(learner, learnerState, true, List.of()));
        outputs.snapshots().finish(learner, current.modelKey(), state);
    }

    /** Deletes the current model and its received ids, and sends tombstones. */
    void delete() throws Exception {
        stream.delete(current);
    }
}
