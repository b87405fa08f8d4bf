package io.freshet.cli.size;

import io.freshet.cli.input.InputException;
import io.freshet.job.decode.SampleFactory;
import io.freshet.job.publish.RecordFactory;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.state.LearnerState;
import io.freshet.learning.stream.Deduplicator;
import io.freshet.learning.stream.InMemoryKey;
import io.freshet.learning.stream.StreamLearner;
import io.freshet.learning.stream.StreamListener;
import io.freshet.schemas.evaluation.Evaluation.Progress;
import io.freshet.schemas.evaluation.Evaluation.Published;
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
    private final SampleFactory factory;
    private final RecordFactory records = new RecordFactory("freshet.samples", null, System::currentTimeMillis);
    private final List<SourceRecord> samples;
    private final StreamLearner<RuntimeException> stream =
            new StreamLearner<>(Deduplicator.inMemory(), new StreamListener() {
                @Override
                public void windowEnded(Learner with, LearnerState state) {
                    String modelKey = ModelKey.ofWhole(with.spec().name());
                    records.evaluation(with, modelKey, state, Published.UNKNOWN, false, Progress.UNKNOWN, List.of());
                }
            });

    /** @param samples learned again and again */
    LearnedModels(ModelSpec spec, List<SourceRecord> samples) {
        this.samples = samples;
        learner = new Learner(spec);
        factory = new SampleFactory(RecordFormat.avro(), List.of(spec));
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
        Map<String, InMemoryKey> keys = new HashMap<>();
        run(keys, UnaryOperator.identity(), time);
        if (keys.isEmpty()) {
            throw new InputException("model " + learner.spec().name()
                    + ": no sample learned (expected: rows like those of its topic; freshet train says what is wrong)");
        }
        return keys.values().stream()
                .map(key -> ModelState.start(learner, null).continued(learner.stateHash(), key.learner()))
                .toList();
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
        Map<String, InMemoryKey> keys = new HashMap<>();
        population.models().forEach((name, model) -> keys.put(name, new InMemoryKey(name, learner, model.learner())));
        return run(keys, key -> names.get(random.nextInt(count)), time);
    }

    private double run(Map<String, InMemoryKey> keys, UnaryOperator<String> keyOf, Duration time) {
        long received = 0;
        long start = THREADS.getCurrentThreadCpuTime();
        do {
            for (SourceRecord record : samples) {
                KeyedSample sample = factory.encode(record, 0);
                if (sample != null) {
                    InMemoryKey key = keys.computeIfAbsent(keyOf.apply(sample.modelKey()), this::start);
                    // Without ids, since the same samples are learned again and again.
                    stream.receive(learner, key, sample.sample(), null);
                }
            }
            received += samples.size();
        } while (THREADS.getCurrentThreadCpuTime() - start < time.toNanos());
        return (double) (THREADS.getCurrentThreadCpuTime() - start) / received;
    }

    private InMemoryKey start(String modelKey) {
        return new InMemoryKey(ModelKey.key(modelKey), learner, learner.start());
    }
}
