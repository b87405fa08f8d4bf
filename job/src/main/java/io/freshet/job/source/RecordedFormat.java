package io.freshet.job.source;

import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.history.HistoryCodec;
import io.freshet.schemas.history.TopicFormat;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.topic.Topics;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Records the format of the samples topic on the history topic, where tools find it. */
public final class RecordedFormat {
    private RecordedFormat() {}

    /** @throws KafkaException if the history topic cannot be written */
    public static void write(KafkaCluster kafka, Topics topics, TopicFormat format, Instant now)
            throws InterruptedException {
        KeyedBytes record = new HistoryCodec(new SnapshotCodec()).write(format, now.toEpochMilli());
        Properties properties = kafka.properties(Map.of("max.block.ms", "30000", "delivery.timeout.ms", "60000"));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topics.history(), record.key(), record.value()))
                    .get();
        } catch (ExecutionException e) {
            throw new KafkaException("topic " + topics.history() + ": not written", e.getCause());
        }
    }
}
