package io.freshet.cli.train;

import io.freshet.cli.console.CommandException;
import io.freshet.job.record.KeyedSample;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Learns samples in this process, by the rule of the job: the samples of each model key in the order given, on one thread. The
 * models of a run, and the keys of each, are spread over the threads, so the parameters do not depend on their number.
 *
 * <p>Samples wait in bounded queues.
 */
final class LocalTrainer implements AutoCloseable {
    /** Samples are handed over together, as that costs more than to learn a small one. */
    private static final int STRETCH = 256;

    private static final long STRETCH_BYTES = 256 << 10;

    private final List<ModelSpec> specs;
    private final List<LearnerThread> threads = new ArrayList<>();
    /** Of each model and thread. */
    private final List<Stretch> stretches = new ArrayList<>();

    /** Samples to hand over. */
    private static final class Stretch {
        private List<KeyedSample> samples = new ArrayList<>(STRETCH);
        private long bytes;

        List<KeyedSample> take() {
            List<KeyedSample> taken = samples;
            samples = new ArrayList<>(STRETCH);
            bytes = 0;
            return taken;
        }
    }

    /**
     * @param cores that learn
     * @param clock time in milliseconds since 1970, UTC
     * @param listener called on the threads that learn
     */
    LocalTrainer(List<ModelSpec> specs, int cores, LongSupplier clock, LearnerListener listener) {
        this.specs = specs;
        int parts = specs.stream().anyMatch(spec -> spec.key() != null) ? cores : specs.size();
        int count = Math.min(cores, parts);
        for (int i = 0; i < count; i++) {
            threads.add(new LearnerThread("freshet-learner-" + i, specs, cores / count, clock, listener));
            specs.forEach(spec -> stretches.add(new Stretch()));
        }
    }

    /**
     * Hands over a sample.
     *
     * @param model index of its model
     * @throws CommandException if a model has failed
     */
    void learn(int model, KeyedSample sample) throws CommandException {
        int key = specs.get(model).key() == null ? model : sample.modelKey().hashCode();
        int thread = Math.floorMod(key, threads.size());
        Stretch stretch = stretches.get(thread * specs.size() + model);
        stretch.samples.add(sample);
        stretch.bytes += sample.sample().bytes();
        if (stretch.samples.size() == STRETCH || stretch.bytes >= STRETCH_BYTES) {
            handOver(thread, model);
        }
    }

    private void handOver(int thread, int model) throws CommandException {
        List<KeyedSample> samples = stretches.get(thread * specs.size() + model).take();
        if (!samples.isEmpty()) {
            threads.get(thread).learn(model, samples);
        }
    }

    /**
     * Ends the samples, and waits until all models have learned them.
     *
     * @throws CommandException if a model has failed
     */
    void finish() throws CommandException {
        for (int thread = 0; thread < threads.size(); thread++) {
            for (int model = 0; model < specs.size(); model++) {
                handOver(thread, model);
            }
            threads.get(thread).end();
        }
        for (LearnerThread thread : threads) {
            thread.awaitEnd();
        }
    }

    /** Returns the failure of a run because of memory: with keys, its models do not fit into the heap. */
    static CommandException outOfMemory(List<ModelSpec> specs, OutOfMemoryError error) {
        boolean isHeap = !String.valueOf(error.getMessage()).matches("(?s).*(irect buffer|thread).*");
        if (!isHeap || specs.stream().allMatch(spec -> spec.key() == null)) {
            return new CommandException("memory exhausted", error);
        }
        return new CommandException(String.format(
                Locale.ROOT,
                "heap: %,d MB (expected: room for the models of all keys; raise it with FRESHET_JAVA_OPTIONS=-Xmx..., or"
                        + " learn the rows with freshet dev --state-backend rocksdb, which keeps models on disk)",
                Runtime.getRuntime().maxMemory() >> 20));
    }

    /** Stops the threads. */
    @Override
    public void close() throws InterruptedException {
        for (LearnerThread thread : threads) {
            thread.close();
        }
    }
}
