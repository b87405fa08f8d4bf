package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.dev.LocalCluster;
import io.freshet.job.TestStream;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches models that stop because other models' rounds topic was deleted. */
@Timeout(120)
class RoundsTopicIT {
    private static final ModelSpec SHARED = ModelSpec.parse("""
            {name: shared, label: y, features: {numeric: [a, b]}, loss: binary-cross-entropy, optimizer: {type: adam},
             publish: {everySamples: 1}, replicas: {count: 2, period: 5, staleness: 0}}
            """);
    private static final ModelSpec OTHER = ModelSpec.parse("""
            {name: other, label: y, features: {numeric: [a, b]}, loss: binary-cross-entropy, optimizer: {type: adam},
             publish: {everyMillis: 100}}
            """);
    private static final Topics TOPICS = Topics.of("deleted");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @AutoClose
    private static final TestBroker BROKER = TestBroker.start();

    @TempDir
    Path directory;

    @Test
    void only_models_with_replicas_fail_if_their_topic_is_deleted() throws Exception {
        BROKER.create(TOPICS, 2);
        KafkaTrainer trainer = new KafkaTrainer(
                KafkaCluster.at(BROKER.bootstrapServers()),
                TOPICS,
                OffsetsInitializer.earliest(),
                false,
                new SpecTopic(List.of(SHARED, OTHER), 0),
                RecordFormat.avro());
        try (LocalCluster cluster = LocalCluster.start(directory, 2)) {
            cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofMillis(200));
            send(0);
            await().atMost(PATIENCE).until(() -> version("shared") == 20 && version("other") == 20);

            try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER.bootstrapServers()))) {
                admin.deleteTopics(List.of(TOPICS.rounds())).all().get();
            }
            await().atMost(PATIENCE).until(this::hasReported);
            send(10);
            await().atMost(PATIENCE)
                    .until(() -> version("other") == 40 && deadLetters().size() == 20);
        }
        assertThat(deadLetters())
                .allSatisfy(
                        record -> assertThat(header(record, DeadLetterHeaders.MESSAGE))
                                .isEqualTo(
                                        "rounds topic: topic deleted.rounds: does not exist (expected: freshet topics create)"));
        assertThat(version("shared")).isEqualTo(20);
    }

    private static void send(int from) throws Exception {
        List<byte[]> values =
                IntStream.range(from, from + 10).mapToObj(TestStream::value).toList();
        for (int partition = 0; partition < 2; partition++) {
            BROKER.send(TOPICS.samples(), partition, values);
        }
    }

    private static long version(String model) throws Exception {
        var snapshot = BROKER.last(TOPICS.parameters()).get(model + "/");
        return snapshot == null ? 0 : snapshot.snapshot().version();
    }

    private boolean hasReported() throws Exception {
        for (ConsumerRecord<byte[], byte[]> record : BROKER.readAll(TOPICS.metrics())) {
            if (record.value() != null && new String(record.key(), UTF_8).startsWith("shared")) {
                String failure = new EvaluationCodec().read(record.value()).failure();
                if (failure != null) {
                    return true;
                }
            }
        }
        return false;
    }

    private static List<ConsumerRecord<byte[], byte[]>> deadLetters() throws Exception {
        return BROKER.readAll(TOPICS.deadLetters());
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
