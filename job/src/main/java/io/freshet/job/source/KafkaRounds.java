package io.freshet.job.source;

import io.freshet.job.replica.RoundsLog;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.io.IOException;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The rounds topic in Kafka. It is neither a source of the job nor a sink: a source would be unbounded in a bounded run, and
 * would send every record through the exchange, and either would fail all models if the topic cannot be used.
 */
public final class KafkaRounds implements RoundsLog {
    private static final long serialVersionUID = 1;

    /** The largest record with its overhead. */
    private static final int BATCH_BYTES = RoundsRecord.LARGEST_PART + (1 << 10);

    /** Lets the operating system choose the size of a socket's buffer, as it grows. */
    private static final String SYSTEM_BUFFER = "-1";

    /** A producer uses buffers of one size again. Floats do not compress, and rounds wait for each record. */
    public static final Map<String, String> PRODUCER_DEFAULTS = Map.of(
            ProducerConfig.COMPRESSION_TYPE_CONFIG,
            "none",
            ProducerConfig.LINGER_MS_CONFIG,
            "0",
            ProducerConfig.BATCH_SIZE_CONFIG,
            Integer.toString(BATCH_BYTES),
            ProducerConfig.SEND_BUFFER_CONFIG,
            SYSTEM_BUFFER);

    /** A fetch has room for whole records: one that is cut off is fetched again. */
    public static final Map<String, String> CONSUMER_DEFAULTS = Map.of(
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            Integer.toString(8 * BATCH_BYTES),
            ConsumerConfig.RECEIVE_BUFFER_CONFIG,
            SYSTEM_BUFFER);

    private final String topic;
    private final Properties consumer;
    private final Properties producer;

    /**
     * @param consumer properties, including the bootstrap servers
     * @param producer properties, including the bootstrap servers
     */
    public KafkaRounds(String topic, Properties consumer, Properties producer) {
        this.topic = topic;
        this.consumer = consumer;
        this.producer = producer;
    }

    @Override
    public Connection open(Listener listener) {
        RoundsWriter writer = new RoundsWriter(topic, producer, listener);
        RoundsReader reader = new RoundsReader(topic, consumer, listener, writer::close);
        return new Connection() {
            @Override
            public void follow(String key, long start) {
                reader.follow(key, start);
            }

            @Override
            public void send(KeyedBytes record, long timestamp) throws InterruptedException {
                writer.send(record, timestamp);
            }

            @Override
            public void flush() throws IOException, InterruptedException {
                writer.flush();
            }

            @Override
            public Map<String, Exception> takeRefused() {
                return writer.takeRefused();
            }

            @Override
            public void close() {
                reader.close();
                writer.close();
            }
        };
    }
}
