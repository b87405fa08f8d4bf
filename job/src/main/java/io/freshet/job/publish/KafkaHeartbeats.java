package io.freshet.job.publish;

import io.freshet.job.observe.HeartbeatSink;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.facts.HeartbeatCodec;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Sends heartbeats to the metrics topic. Connects with the first. */
public final class KafkaHeartbeats implements HeartbeatSink {
    private static final long serialVersionUID = 1;
    /** Nobody waits for a late heartbeat. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);

    private final String topic;
    private final Properties properties;
    private transient @Nullable KafkaProducer<byte[], byte[]> producer;
    /** Why an earlier heartbeat was not delivered. */
    private transient volatile @Nullable Exception failure;

    /**
     * @param topic name of the metrics topic
     * @param properties of the producer, including the bootstrap servers
     */
    public KafkaHeartbeats(String topic, Properties properties) {
        this.topic = topic;
        this.properties = properties;
    }

    @Override
    public void send(Heartbeat heartbeat) {
        KafkaProducer<byte[], byte[]> open = producer;
        if (open == null) {
            open = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
            producer = open;
        }
        KeyedBytes record = new HeartbeatCodec().write(heartbeat);
        open.send(new ProducerRecord<>(topic, record.key(), record.value()), (sent, cause) -> failure = cause);
        if (failure != null) {
            throw new KafkaException("topic " + topic + ": an earlier heartbeat was not delivered", failure);
        }
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(CLOSE_TIMEOUT);
            producer = null;
        }
    }
}
