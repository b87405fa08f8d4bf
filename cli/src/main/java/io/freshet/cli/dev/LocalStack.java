package io.freshet.cli.dev;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.job.topology.StateSettings;
import io.freshet.schemas.kafka.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker and a Flink cluster, both in this JVM, with a directory. {@link #close} stops
 * them and closes the directory, and so does the end of the JVM, even during startup. The samples topic has one partition unless
 * more are needed, so samples keep the order in which they were sent.
 */
public final class LocalStack implements AutoCloseable {
    // Created on the first thread: SLF4J warns if two threads create the first loggers at once.
    private static final Logger log = LoggerFactory.getLogger(LocalStack.class);

    /** At most: the trainer and the join. */
    private static final int JOBS = 2;

    /** The newest may be damaged. */
    private static final int RETAINED_CHECKPOINTS = 3;

    private final StackDirectory directory;
    private final Topics topics;
    private final CompletableFuture<EmbeddedKafka> kafka;
    private final CompletableFuture<LocalCluster> cluster;
    private final Thread hook = new Thread(this::closeQuietly, "freshet-cleanup");
    private volatile Runnable beforeStop = () -> {};
    private volatile Runnable afterStop = () -> {};
    private volatile boolean closing;
    private boolean closed;

    private LocalStack(
            StackDirectory directory, Topics topics, Callable<EmbeddedKafka> broker, Callable<LocalCluster> flink) {
        this.directory = directory;
        this.topics = topics;
        kafka = started(broker);
        cluster = started(flink);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private static <T> CompletableFuture<T> started(Callable<T> start) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return start.call();
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
    }

    /**
     * Starts broker and cluster in parallel, and creates the topics. The broker is the first to be ready. Checkpoints are retained;
     * topics and checkpoints of an earlier stack go on.
     *
     * @param directory closed by {@link #close}, or if the start fails
     * @param kafkaPort port of the broker, or 0 for any free one
     */
    public static LocalStack open(
            StackDirectory directory, int kafkaPort, StackTopics topics, int parallelism, StateSettings state)
            throws Exception {
        Configuration flink = state.flink();
        flink.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        flink.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, RETAINED_CHECKPOINTS);
        flink.set(TaskManagerOptions.NUM_TASK_SLOTS, parallelism * JOBS);
        Path path = directory.path();
        Utils.delete(path.resolve(LocalCluster.TEMPORARY).toFile());
        LocalStack stack = new LocalStack(
                directory,
                topics.topics(),
                () -> withTopics(EmbeddedKafka.start(path.resolve("kafka"), kafkaPort), topics),
                () -> LocalCluster.start(path, parallelism, flink));
        try {
            stack.kafka.get();
            stack.cluster.get();
            return stack;
        } catch (Exception e) {
            stack.close();
            throw e;
        }
    }

    /** Creates the topics of a broker while the cluster is starting, and that of the transactions of the committed lane. */
    private static EmbeddedKafka withTopics(EmbeddedKafka broker, StackTopics topics) throws Exception {
        List<TopicPlan> plans = new ArrayList<>(List.of(EmbeddedKafka.TRANSACTIONS));
        plans.addAll(topics.plans());
        try (TopicAdmin admin = new TopicAdmin(KafkaOptions.of(broker.bootstrapServers()))) {
            admin.create(plans, 1);
            return broker;
        } catch (Throwable e) {
            broker.close();
            throw e;
        }
    }

    public KafkaOptions kafkaOptions() {
        return KafkaOptions.of(bootstrapServers());
    }

    /** Returns the path of the directory, for more files. */
    public Path directory() {
        return directory.path();
    }

    /** @throws CommandException with the reason, if the broker has failed */
    public void requireBroker() throws CommandException {
        String failure = kafka.join().failure().getNow(null);
        if (failure != null) {
            throw new CommandException("the broker failed: " + failure);
        }
    }

    public LocalCluster cluster() {
        return cluster.join();
    }

    public Topics topics() {
        return topics;
    }

    public String bootstrapServers() {
        return kafka.join().bootstrapServers();
    }

    /** Returns whether {@link #close} was called, as at the end of the JVM. */
    public boolean isClosing() {
        return closing;
    }

    /** Sets what {@link #close} runs first, while broker and cluster are still running. */
    public void beforeStop(Runnable action) {
        beforeStop = action;
    }

    /** Sets what {@link #close} runs last, before the JVM may end. */
    public void afterStop(Runnable action) {
        afterStop = action;
    }

    /** Waits until both have started, stops them, and closes the directory. Closing again does nothing. */
    @Override
    public void close() throws Exception {
        closing = true;
        stop();
    }

    private synchronized void stop() throws Exception {
        if (closed) {
            return;
        }
        closed = true;
        try {
            beforeStop.run();
            stop(cluster);
        } finally {
            stop(kafka);
            Utils.delete(directory().resolve(LocalCluster.TEMPORARY).toFile());
            directory.close();
            afterStop.run();
            if (Thread.currentThread() != hook) {
                removeHook();
            }
        }
    }

    /** Stops a service unless it failed to start. */
    private static void stop(CompletableFuture<? extends AutoCloseable> started) throws Exception {
        AutoCloseable running = started.handle((value, failure) -> value).join();
        if (running != null) {
            running.close();
        }
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is shutting down: the hook runs and finds everything closed.
        }
    }

    private void closeQuietly() {
        try {
            close();
        } catch (Exception e) {
            log.warn("while stopping: {}", e.getMessage());
        }
    }
}
