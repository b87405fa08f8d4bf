package io.freshet.job.learn;

import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.publish.LearnOutput;
import io.freshet.job.publish.RecordFactory;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.specs.ActiveLearners;
import io.freshet.job.specs.FailedModel;
import io.freshet.job.specs.ModelFailure;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import java.util.HexFormat;
import java.util.Objects;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.function.ThrowingRunnable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps failed models from stopping the others: reports each on the metrics topic, and sends its samples to the dead letters.
 *
 * <p>A failure is not part of the state: a restarted job tries again, and so does a changed specification.
 */
final class Quarantine {
    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
    /** Readers of the metrics topic look no further back than a few of these. */
    static final long REPORT_MILLIS = 60_000;

    private final ActiveLearners learners;
    private final RecordFactory records;
    private final LearnOutput out;
    private final LearnMetrics metrics;

    Quarantine(ActiveLearners learners, RecordFactory records, LearnOutput out, LearnMetrics metrics) {
        this.learners = learners;
        this.records = records;
        this.out = out;
        this.metrics = metrics;
    }

    /** Starts to report failed models. */
    void open(ProcessingTimeService timers) {
        timers.registerTimer(0, time -> announceAll());
        reportLater(timers);
    }

    private void reportLater(ProcessingTimeService timers) {
        timers.registerTimer(timers.getCurrentProcessingTime() + REPORT_MILLIS, time -> {
            reportAll();
            reportLater(timers);
        });
    }

    /** Returns whether a learner is no longer used. */
    boolean hasFailed(Learner learner) {
        return learners.failure(learner) != null;
    }

    /** Rejects a sample that a failed learner was to learn. */
    void reject(Learner learner, Sample sample) {
        reject(FailedModel.of(learner, Objects.requireNonNull(learners.failure(learner))), sample);
    }

    /** Rejects a sample if the specification that it was encoded with has failed; returns whether it has. */
    boolean rejects(KeyedSample keyed) {
        FailedModel failed = learners.failed(keyed.spec());
        if (failed == null) {
            return false;
        }
        reject(failed, keyed.sample());
        return true;
    }

    /** Sends a sample of a failed model to the dead letters, and reports the failure with the first. */
    private void reject(FailedModel failed, Sample sample) {
        announce(failed);
        metrics.failed();
        out.send(
                OutputRecord.DEAD_LETTERS,
                records.deadLetter(failed.model(), sample, failed.failure().reason()));
    }

    /** Sends a sample to the dead letters whose specification was not received before the input ended. */
    void rejectUnknown(KeyedSample keyed) {
        String reason = "specification: " + HexFormat.of().toHexDigits(keyed.spec())
                + " (expected: one that was applied before the end of the input)";
        metrics.failed();
        out.send(
                OutputRecord.DEAD_LETTERS,
                records.deadLetter(ModelKey.model(keyed.modelKey()), keyed.sample(), reason));
    }

    /** Stops using a learner. */
    void fail(Learner learner, ModelFailure failure) {
        learners.fail(learner, failure);
        announce(FailedModel.of(learner, failure));
    }

    private void announce(FailedModel failed) {
        ModelFailure failure = failed.failure();
        if (failure.isNew()) {
            LOG.error(
                    "model {}: failed, and is no longer learned: {}",
                    failed.model(),
                    failure.reason(),
                    failure.cause());
            report(failed);
        }
    }

    /** Reports the failed models that have not been reported. */
    void announceAll() {
        learners.forEachFailure(this::announce);
    }

    /** Reports every failed model again. */
    private void reportAll() {
        announceAll();
        learners.forEachFailure(this::report);
    }

    private void report(FailedModel failed) {
        out.send(OutputRecord.EVALUATIONS, records.failure(failed));
    }

    /** Withdraws the reports of a model that is about to be deleted. */
    void withdraw(String model) {
        learners.forEachFailure(failed -> {
            if (failed.model().equals(model)) {
                out.send(OutputRecord.EVALUATIONS, records.deleteEvaluations(ModelKey.ofWhole(model)));
            }
        });
    }

    /** Runs an action with the learner of one model, which is no longer used if the action fails. Returns whether it succeeded. */
    boolean attempt(Learner learner, ThrowingRunnable<Exception> action) throws Exception {
        ModelFailure failure;
        try {
            action.run();
            return true;
        } catch (RuntimeException | Error e) {
            failure = ModelFailure.of(e);
        }
        fail(learner, failure);
        return false;
    }
}
