package io.freshet.cli.train;

import io.freshet.cli.console.CommandException;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.specs.ModelFailure;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A thread that learns the samples of some model keys, in the order in which it receives them. */
final class LearnerThread implements AutoCloseable {
    /** Stretches of samples that wait. */
    private static final int CAPACITY = 16;

    private static final long WAIT_MILLIS = 100;

    private static final Stretch END = new Stretch(-1, List.of());

    private final List<ModelSpec> specs;
    private final int threads;
    private final LongSupplier clock;
    private final LearnerListener listener;
    private final BlockingQueue<Stretch> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final @Nullable LocalLearner[] learners;
    private final Thread thread;
    private volatile @Nullable CommandException failure;
    /** Whether everything is learned. */
    private volatile boolean finished;

    /** Consecutive samples of one model. */
    private record Stretch(int model, List<KeyedSample> samples) {}

    /**
     * @param threads that share the loops of a batch
     * @param clock time in milliseconds since 1970, UTC
     * @param listener called on this thread
     */
    LearnerThread(String name, List<ModelSpec> specs, int threads, LongSupplier clock, LearnerListener listener) {
        this.specs = specs;
        this.threads = threads;
        this.clock = clock;
        this.listener = listener;
        learners = new LocalLearner[specs.size()];
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Hands over samples of a model, once there is room for them.
     *
     * @throws CommandException if a model has failed
     */
    void learn(int model, List<KeyedSample> samples) throws CommandException {
        put(new Stretch(model, samples));
    }

    /** Ends the samples. */
    void end() throws CommandException {
        put(END);
    }

    private void put(Stretch next) throws CommandException {
        try {
            do {
                requireNoFailure();
            } while (!queue.offer(next, WAIT_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits until everything is learned. */
    void awaitEnd() throws CommandException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        requireNoFailure();
    }

    private void requireNoFailure() throws CommandException {
        boolean ended = !thread.isAlive();
        CommandException cause = failure;
        if (cause != null) {
            throw cause;
        }
        if (ended && !finished) {
            throw new CommandException(thread.getName() + ": ended by an error (expected: enough memory and threads)");
        }
    }

    private static CommandException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new CommandException("interrupted", e);
    }

    private void run() {
        try (ThreadTeam team = new ThreadTeam(threads, thread.getName(), System::nanoTime)) {
            int model = 0;
            try {
                for (Stretch next = queue.take(); next != END; next = queue.take()) {
                    model = next.model;
                    LocalLearner learner = learner(model, team);
                    next.samples.forEach(learner::receive);
                }
                for (model = 0; model < learners.length; model++) {
                    LocalLearner learner = learners[model];
                    if (learner != null) {
                        learner.finish();
                    }
                }
                finished = true;
            } catch (RuntimeException | Error e) {
                failure = failure(specs.get(model).name(), e);
            }
        } catch (InterruptedException e) {
            // The run has failed.
            Thread.currentThread().interrupt();
        }
    }

    private LocalLearner learner(int model, ThreadTeam team) {
        LocalLearner learner = learners[model];
        if (learner == null) {
            ModelSpec spec = specs.get(model);
            ReplicaSettings replicas = spec.replicas();
            Learner rule = new Learner(spec, null, List.of(), team);
            ModelReports own = new ModelReports(clock, listener);
            learner = replicas == null ? new LocalModels(rule, own) : new ReplicaLearner(rule, replicas, own);
            learners[model] = learner;
        }
        return learner;
    }

    private CommandException failure(String model, Throwable e) {
        if (e instanceof OutOfMemoryError error) {
            Arrays.fill(learners, null);
            return LocalTrainer.outOfMemory(specs, error);
        }
        String reason;
        try {
            reason = ModelFailure.of(e).reason();
        } catch (RuntimeException | Error notOwn) {
            reason = e.toString();
        }
        return new CommandException("model " + model + ": failed: " + reason, e);
    }

    /** Stops the thread, and waits until it has ended. */
    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
