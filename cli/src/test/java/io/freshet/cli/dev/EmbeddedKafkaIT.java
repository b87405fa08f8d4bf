package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedKafkaIT {
    private static final String TOPIC = "samples";

    @Test
    void reads_a_sent_record_back_through_a_consumer_group() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            createTopic(kafka);
            send(kafka, "AA", "late");

            assertThat(read(kafka)).singleElement().satisfies(record -> {
                assertThat(record.key()).isEqualTo("AA");
                assertThat(record.value()).isEqualTo("late");
            });
        }
    }

    @Test
    void listens_on_loopback_only() {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            assertThat(kafka.bootstrapServers()).matches("127\\.0\\.0\\.1:[1-9][0-9]*");
        }
    }

    @Test
    void close_deletes_a_temporary_directory_and_closing_again_does_nothing() {
        EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
        assertThat(kafka.directory()).isDirectory();

        kafka.close();
        kafka.close();

        assertThat(kafka.directory()).doesNotExist();
    }

    @Test
    void keeps_the_records_of_a_given_directory_for_the_next_broker(@TempDir Path directory) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            createTopic(kafka);
            send(kafka, "AA", "late");
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            assertThat(read(kafka)).hasSize(1);
        }
    }

    private static void createTopic(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
    }

    private static void send(EmbeddedKafka kafka, String key, String value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(TOPIC, key, value)).get();
        }
    }

    private static List<ConsumerRecord<String, String>> read(EmbeddedKafka kafka) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", kafka.bootstrapServers(), "group.id", "test", "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            // The first polls only join the group.
            return Stream.generate(() -> consumer.poll(Duration.ofSeconds(1)))
                    .limit(30)
                    .filter(records -> !records.isEmpty())
                    .findFirst()
                    .map(records -> Stream.of(records)
                            .flatMap(batch -> batch.partitions().stream().flatMap(p -> batch.records(p).stream()))
                            .toList())
                    .orElse(List.of());
        }
    }
}
