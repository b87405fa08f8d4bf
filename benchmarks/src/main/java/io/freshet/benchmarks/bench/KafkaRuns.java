package io.freshet.benchmarks.bench;

import static java.util.Objects.requireNonNull;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.history.History;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.TrainerSources;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.HistoryEntry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a samples topic once per run, in three ways: with a bare consumer, with a Flink job that discards, and with the trainer. */
record KafkaRuns(BenchStack stack, BenchSamples samples) {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Executor THREADS = task -> new Thread(task, "freshet-bench-consumer").start();

    /** Reads each partition with a Kafka consumer that has the settings of the trainer's. */
    Measurement consume() throws InterruptedException {
        try (ConsumptionMeter meter = meter()) {
            List<CompletableFuture<Void>> readers = IntStream.range(0, samples.partitions())
                    .mapToObj(partition -> CompletableFuture.runAsync(() -> consume(partition), THREADS))
                    .toList();
            readers.forEach(CompletableFuture::join);
            return meter.stop();
        }
    }

    private void consume(int partition) {
        TopicPartition read = new TopicPartition(samples.topics().samples(), partition);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                trainer(samples.topics()).sourceProperties(),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(read));
            consumer.seekToBeginning(List.of(read));
            while (consumer.position(read) < samples.ends().get(partition)) {
                consumer.poll(POLL);
            }
        }
    }

    /** Reads the topic with the trainer's source in a Flink job that does nothing with the records. */
    Measurement discard() throws Exception {
        TrainerSources sources = trainer(samples.topics()).sources();
        return run(env -> env.fromSource(sources.samples().source(), WatermarkStrategy.noWatermarks(), "samples")
                .sinkTo(new DiscardingSink<>()));
    }

    /**
     * Learns the topic with the trainer, which publishes to topics that are deleted afterward.
     *
     * @throws CommandException if the last snapshots do not contain every sample
     */
    Measurement learn() throws Exception {
        Topics topics = new Topics(Topics.DEFAULT_PREFIX, samples.topics().samples());
        stack.createTopics(topics, samples.partitions());
        try {
            KafkaTrainer trainer = trainer(topics);
            Measurement measured = run(env -> TrainerTopology.build(env, trainer.sources(), trainer.sinks()));
            return measured.withLoss(loss());
        } finally {
            stack.deleteTopics(topics);
        }
    }

    /** Returns the mean progressive loss of all samples, by the last snapshot of each model key. */
    private double loss() throws CommandException {
        Map<String, HistoryEntry> last = new HashMap<>();
        String model = samples.workload().spec().name();
        History.read(stack.kafkaOptions(), model, null, entry -> last.put(entry.key(), entry));
        long learned = 0;
        double sum = 0;
        for (HistoryEntry entry : last.values()) {
            learned += entry.version();
            sum += requireNonNull(entry.metrics()).loss() * entry.version();
        }
        if (learned != samples.samples()) {
            throw new CommandException("the last snapshots contain " + Plural.of(learned, "sample") + " (expected: "
                    + samples.samples() + ")");
        }
        return sum / learned;
    }

    private Measurement run(Consumer<StreamExecutionEnvironment> graph) throws Exception {
        try (ConsumptionMeter meter = meter()) {
            JobID job = stack.submit(graph, CHECKPOINT_INTERVAL);
            stack.cluster().await(job);
            return meter.stop();
        }
    }

    private ConsumptionMeter meter() {
        return ConsumptionMeter.start(samples.topics().samples(), samples.ends(), stack.broker()::cpuTime);
    }

    private KafkaTrainer trainer(Topics topics) {
        ModelSpec spec = samples.workload().spec();
        return stack.trainer(topics, true, spec, samples.format().records(RowLayout.of(List.of(spec))));
    }
}
