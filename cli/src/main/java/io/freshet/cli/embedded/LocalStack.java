package io.freshet.cli.embedded;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.job.options.StateSettings;
import io.freshet.schemas.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker and a Flink cluster, both in this JVM unless the broker is separate, with a temporary directory. {@link #close} deletes the directory, and so
 * does the end of the JVM, even during startup. The samples topic has one partition unless replicas need more, so
 * samples keep the order in which they were sent.
 */
public final class LocalStack implements AutoCloseable {
    // Created on the first thread: SLF4J warns if two threads create the first loggers at once.
    private static final Logger log = LoggerFactory.getLogger(LocalStack.class);
    private static final Topics TOPICS = Topics.of(Topics.DEFAULT_PREFIX);

    private final Path directory;
    private final CompletableFuture<Broker> kafka;
    private final CompletableFuture<LocalCluster> cluster;
    private final Thread hook = new Thread(this::closeQuietly, "freshet-cleanup");
    private boolean closed;

    private LocalStack(Path directory, Callable<Broker> broker, Callable<LocalCluster> flink) {
        this.directory = directory;
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

    /** Starts a broker in a directory. */
    private interface BrokerFactory {
        Broker start(Path directory) throws Exception;
    }

    /** Starts a cluster in a directory. */
    private interface ClusterFactory {
        LocalCluster start(Path directory) throws Exception;
    }

    /** Starts broker and cluster in parallel, and creates the topics. The broker is the first to be ready. */
    public static LocalStack start(int parallelism, StateSettings state) throws Exception {
        return start(parallelism, state, 1);
    }

    /** Does the same with this many partitions in the samples topic. */
    public static LocalStack start(int parallelism, StateSettings state, int partitions) throws Exception {
        return start(
                partitions,
                EmbeddedKafka::start,
                directory -> LocalCluster.start(directory, parallelism, state.flink()));
    }

    /** Does the same with Flink's web UI. */
    public static LocalStack startWithPage(int parallelism, StateSettings state, int partitions) throws Exception {
        return start(
                partitions,
                EmbeddedKafka::start,
                directory -> LocalCluster.startWithPage(directory, parallelism, state.flink()));
    }

    /** Does the same with the broker in a JVM of its own, so that its CPU time can be told from the job's. */
    public static LocalStack startWithSeparateBroker(int parallelism, StateSettings state) throws Exception {
        return start(1, BrokerProcess::start, directory -> LocalCluster.start(directory, parallelism, state.flink()));
    }

    private static LocalStack start(int partitions, BrokerFactory brokers, ClusterFactory clusters) throws Exception {
        Path directory = Files.createTempDirectory("freshet-");
        LocalStack stack = new LocalStack(
                directory,
                () -> withTopics(brokers.start(directory.resolve("kafka")), partitions),
                () -> clusters.start(directory));
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
    private static Broker withTopics(Broker broker, int partitions) throws Exception {
        List<TopicPlan> plans = new ArrayList<>(List.of(EmbeddedKafka.TRANSACTIONS));
        for (TopicPlan plan : TopicPlan.of(TOPICS, 1)) {
            plans.add(plan.name().equals(TOPICS.samples()) ? plan.with(partitions) : plan);
        }
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

    /** Returns the temporary directory, for more files; deleted by {@link #close}. */
    public Path directory() {
        return directory;
    }

    /** Returns the CPU time that the broker has used; null if it runs in this JVM. */
    public @Nullable Duration brokerCpuTime() {
        return kafka.join().cpuTime();
    }

    public LocalCluster cluster() {
        return cluster.join();
    }

    public Topics topics() {
        return TOPICS;
    }

    public String bootstrapServers() {
        return kafka.join().bootstrapServers();
    }

    /** Waits until both have started, stops them, and deletes the directory. Closing again does nothing. */
    @Override
    public synchronized void close() throws Exception {
        if (closed) {
            return;
        }
        closed = true;
        try {
            stop(cluster);
        } finally {
            stop(kafka);
            delete(directory);
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

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        }
    }
}
