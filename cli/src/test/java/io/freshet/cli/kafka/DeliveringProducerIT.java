package io.freshet.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.dev.EmbeddedKafka;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;

/** Would catch a command that drops its last records, or ends with an error in the log, when its thread is interrupted. */
class DeliveringProducerIT {
    @Test
    void an_interrupted_thread_delivers_what_it_sent_and_stays_interrupted() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            KafkaOptions options = KafkaOptions.of(kafka.bootstrapServers());
            try (Admin admin = options.connect()) {
                admin.createTopics(List.of(new NewTopic("rows", 1, (short) 1)))
                        .all()
                        .get();
            }
            // The record waits in the producer until it is closed.
            KafkaProducer<byte[], byte[]> producer = options.producer(Map.of("linger.ms", "60000"));
            Future<RecordMetadata> sent = producer.send(new ProducerRecord<>("rows", new byte[1]));

            Thread.currentThread().interrupt();
            producer.close();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(sent.get().offset()).isZero();
        }
    }
}
