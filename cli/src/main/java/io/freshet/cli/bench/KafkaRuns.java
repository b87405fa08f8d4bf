package io.freshet.cli.bench;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.TrainerSources;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.history.HistoryCodec;
import io.freshet.schemas.history.HistoryEntry;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads a samples topic once per run, in three ways: with a bare consumer, with a Flink job that discards, and with the trainer. */
record KafkaRuns(LocalStack stack, SampleTopic samples) {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);

    /** Reads the topic with a Kafka consumer that has the settings of the trainer's. */
    Measurement consume() throws InterruptedException {
        TopicPartition partition = new TopicPartition(samples.topics().samples(), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        trainer(samples.topics()).sourceProperties(),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                ConsumptionMeter meter = meter()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (consumer.position(partition) < samples.samples()) {
                consumer.poll(POLL);
            }
            return meter.stop();
        }
    }

    /** Reads the topic with the trainer's source in a Flink job that does nothing with the records. */
    Measurement discard() throws Exception {
        TrainerSources sources = sources(trainer(samples.topics()));
        return run(env -> env.fromSource(sources.samples().source(), WatermarkStrategy.noWatermarks(), "samples")
                .sinkTo(new DiscardingSink<>()));
    }

    /**
     * Learns the topic with the trainer, which publishes to topics that are deleted afterward.
     *
     * @throws CommandException if the last snapshot does not contain every sample
     */
    Measurement learn() throws Exception {
        Topics topics =
                new Topics(samples.topics().prefix() + "-run", samples.topics().samples());
        SampleTopic.createTopics(stack, topics);
        try {
            KafkaTrainer trainer = trainer(topics);
            Measurement measured = run(env -> TrainerTopology.build(env, sources(trainer), trainer.sinks()));
            HistoryEntry last = lastSnapshot(topics);
            if (last == null || last.version() != samples.samples()) {
                throw new CommandException("the last snapshot contains " + (last == null ? 0 : last.version())
                        + " samples (expected: " + samples.samples() + ")");
            }
            return measured.withLoss(
                    last.metrics() == null ? null : last.metrics().loss());
        } finally {
            SampleTopic.deleteTopics(stack, topics);
        }
    }

    private Measurement run(Consumer<StreamExecutionEnvironment> graph) throws Exception {
        try (ConsumptionMeter meter = meter()) {
            JobID job = stack.cluster().submit(graph, CHECKPOINT_INTERVAL);
            stack.cluster().await(job);
            return meter.stop();
        }
    }

    private ConsumptionMeter meter() {
        return ConsumptionMeter.start(samples.topics().samples(), samples.samples(), stack::brokerCpuTime);
    }

    private KafkaTrainer trainer(Topics topics) {
        return new KafkaTrainer(
                KafkaCluster.at(stack.bootstrapServers()),
                topics,
                OffsetsInitializer.earliest(),
                true,
                new SpecTopic(List.of(samples.workload().spec()), 0),
                RecordFormat.avro());
    }

    private TrainerSources sources(KafkaTrainer trainer) {
        TopicPartition partition = new TopicPartition(samples.topics().samples(), 0);
        return trainer.sources(OffsetsInitializer.offsets(Map.of(partition, samples.samples())));
    }

    private @Nullable HistoryEntry lastSnapshot(Topics topics) throws CommandException {
        HistoryCodec codec = new HistoryCodec(new SnapshotCodec());
        HistoryEntry[] last = new HistoryEntry[1];
        try (TopicReader reader = TopicReader.open(stack.kafkaOptions(), topics.history())) {
            reader.readToEnd(record -> last[0] = read(codec, record, last[0]));
        }
        return last[0];
    }

    private static @Nullable HistoryEntry read(
            HistoryCodec codec, ConsumerRecord<byte[], byte[]> record, @Nullable HistoryEntry previous) {
        if (HistoryCodec.specification(record.key()) != null) {
            return previous;
        }
        try {
            return codec.read(record.value());
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("the job wrote a history that cannot be read: " + e.getMessage(), e);
        }
    }
}
