package io.freshet.cli.train;

import io.freshet.cli.input.InputException;
import io.freshet.job.decode.SampleFactory;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.sample.RecordFormat;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** A model, or one of each key, that learns records in a loop as a job does: with evaluations, but without Kafka and Flink. */
final class LearnedModels {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Learner learner;
    private final SampleFactory factory;
    private final EvaluationCodec evaluations = new EvaluationCodec();
    private final List<SourceRecord> samples;

    /** @param samples learned again and again */
    LearnedModels(ModelSpec spec, List<SourceRecord> samples) {
        this.samples = samples;
        learner = new Learner(spec);
        factory = new SampleFactory(RecordFormat.avro(), List.of(spec));
    }

    private LocalModels models() {
        return new LocalModels(learner, new ModelReports(System::currentTimeMillis, evaluations::write));
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
        LocalModels models = models();
        run(models, UnaryOperator.identity(), time);
        if (models.isEmpty()) {
            throw new InputException("model " + learner.spec().name()
                    + ": no sample learned (expected: rows like those of its topic; freshet train says what is wrong)");
        }
        List<ModelState> states = new ArrayList<>();
        models.forEach(
                (modelKey, state) -> states.add(ModelState.start(learner, null).continued(learner.stateHash(), state)));
        return states;
    }

    /**
     * Learns each sample with a random model.
     *
     * @param used how many of the models learn, at most
     * @return CPU nanoseconds to decode, encode, learn, and evaluate a sample
     */
    double nanosPerSample(Population population, long used, Duration time) {
        SplittableRandom random = new SplittableRandom(1);
        List<String> names = population.keys();
        int count = (int) Math.min(used, names.size());
        LocalModels models = models();
        population.models().forEach((name, model) -> models.put(name, model.learner()));
        return run(models, modelKey -> names.get(random.nextInt(count)), time);
    }

    /** @param keyOf returns the key of the model that learns a sample */
    private double run(LocalModels models, UnaryOperator<String> keyOf, Duration time) {
        long received = 0;
        long start = THREADS.getCurrentThreadCpuTime();
        do {
            for (SourceRecord record : samples) {
                KeyedSample sample = factory.encode(record, 0);
                if (sample != null) {
                    // Without ids, since the same samples are learned again and again.
                    models.receive(keyOf.apply(sample.modelKey()), sample.sample(), null);
                }
            }
            received += samples.size();
        } while (THREADS.getCurrentThreadCpuTime() - start < time.toNanos());
        return (double) (THREADS.getCurrentThreadCpuTime() - start) / received;
    }
}
