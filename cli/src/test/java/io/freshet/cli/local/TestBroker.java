package io.freshet.cli.local;

import io.freshet.cli.embedded.EmbeddedKafka;
import io.freshet.job.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker of one test class, and its topics of one partition. */
record TestBroker(EmbeddedKafka kafka) implements AutoCloseable {
    static TestBroker start() {
        return new TestBroker(EmbeddedKafka.startTemporary());
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** Creates all topics, and sends the samples in their order. */
    void create(Topics topics, List<byte[]> samples) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers());
        try (Admin admin = Admin.create(settings)) {
            admin.createTopics(Stream.of(
                                    topics.samples(),
                                    topics.models(),
                                    topics.parameters(),
                                    topics.committed(),
                                    topics.history(),
                                    topics.metrics(),
                                    topics.deadLetters())
                            .map(topic -> new NewTopic(topic, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
        // Into a topic just created, a second batch in flight can overtake a first that is sent again.
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers(), "max.in.flight.requests.per.connection", "1"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            samples.forEach(sample -> producer.send(new ProducerRecord<>(topics.samples(), sample)));
        }
    }

    /** Returns a consumer of committed records at the beginning of a topic. */
    KafkaConsumer<byte[], byte[]> follow(String topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partition = List.of(new TopicPartition(topic, 0));
        consumer.assign(partition);
        consumer.seekToBeginning(partition);
        return consumer;
    }

    /** Returns all that a topic holds and that is committed. */
    List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = follow(topic)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    @Override
    public void close() {
        kafka.close();
    }
}
