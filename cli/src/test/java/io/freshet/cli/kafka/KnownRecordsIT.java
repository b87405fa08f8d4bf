package io.freshet.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.dev.EmbeddedKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** Would catch a command that waits forever for records of a broker that has stopped. */
class KnownRecordsIT {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);
    private static final Duration LIMIT = Duration.ofSeconds(1);

    @Test
    void fails_if_the_broker_stops() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            KafkaOptions options = KafkaOptions.of(kafka.bootstrapServers());
            try (Admin admin = options.connect();
                    KafkaProducer<byte[], byte[]> producer = options.producer(Map.of())) {
                admin.createTopics(List.of(new NewTopic("t", 1, (short) 1)))
                        .all()
                        .get();
                producer.send(new ProducerRecord<>("t", new byte[] {1})).get();
            }
            try (KafkaConsumer<byte[], byte[]> consumer = options.consumer()) {
                consumer.assign(List.of(PARTITION));
                KnownRecords known = new KnownRecords(consumer, LIMIT);
                while (consumer.position(PARTITION) < 1) {
                    known.poll();
                }
                kafka.close();
                assertThatThrownBy(() -> {
                            while (consumer.position(PARTITION) < 2) {
                                assertThat(known.poll()).isEmpty();
                            }
                        })
                        .isInstanceOf(TimeoutException.class)
                        .hasMessage("Kafka: no records within 1 s of [t-0]"
                                + " (expected: more, up to the end when reading began)");
            }
        }
    }
}
