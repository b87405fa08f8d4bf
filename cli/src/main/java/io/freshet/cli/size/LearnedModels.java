package io.freshet.cli.size;

import io.freshet.cli.input.InputException;
import io.freshet.job.decode.ModelSampleDecoder;
import io.freshet.job.publish.RecordFactory;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.evaluation.Evaluation.Progress;
import io.freshet.schemas.format.RecordFormat;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** A model, or one of each key, that learns records in a loop as a job does: with evaluations, but without Kafka and Flink. */
final class LearnedModels {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Learner learner;
    private final ModelSampleDecoder decoder;
    private final RecordFactory records = new RecordFactory("freshet.samples", System::currentTimeMillis);
    private final List<SourceRecord> samples;

    /** @param samples learned again and again */
    LearnedModels(ModelSpec spec, List<SourceRecord> samples) {
        this.samples = samples;
        learner = new Learner(spec);
        decoder = new ModelSampleDecoder(RecordFormat.avro(), List.of(spec));
    }

    Learner learner() {
        return learner;
    }

    /**
     * Returns the models of all keys of the samples, after they have learned for some time.
     *
     * @throws InputException if they can learn no sample
     */
    List<ModelState> learn(Duration time) throws InputException {
        Map<String, ModelState> models = new HashMap<>();
        run(models, UnaryOperator.identity(), time);
        if (models.isEmpty()) {
            throw new InputException("model " + learner.spec().name()
                    + ": no sample learned (expected: rows like those of its topic; freshet train says what is wrong)");
        }
        return List.copyOf(models.values());
    }

    /**
     * Learns each sample with a random model.
     *
     * @param used how many of the models learn, at most
     * @return CPU nanoseconds to decode, encode, learn, and evaluate a sample
     */
    double nanosPerSample(Population population, long used, Duration time) {
        SplittableRandom random = new SplittableRandom(1);
        List<String> keys = population.keys();
        int count = (int) Math.min(used, keys.size());
        return run(population.models(), key -> keys.get(random.nextInt(count)), time);
    }

    private double run(Map<String, ModelState> models, UnaryOperator<String> keyOf, Duration time) {
        long received = 0;
        long start = THREADS.getCurrentThreadCpuTime();
        do {
            for (SourceRecord sample : samples) {
                KeyedSample keyed = decoder.encode(sample, 0);
                if (keyed != null) {
                    learn(models, keyOf.apply(keyed.modelKey()), keyed);
                }
            }
            received += samples.size();
        } while (THREADS.getCurrentThreadCpuTime() - start < time.toNanos());
        return (double) (THREADS.getCurrentThreadCpuTime() - start) / received;
    }

    private void learn(Map<String, ModelState> models, String modelKey, KeyedSample keyed) {
        LearnerState state = models.computeIfAbsent(modelKey, key -> ModelState.start(learner, null))
                .learner();
        if (learner.needsRebase(state)) {
            learner.rebase(state, ModelKey.key(modelKey));
        }
        learner.learn(state, keyed.sample());
        if (state.window().samples() >= learner.spec().window()) {
            learner.nextWindow(
                    state,
                    () -> records.evaluation(learner, keyed.modelKey(), state, false, Progress.UNKNOWN, List.of()));
        }
    }
}
