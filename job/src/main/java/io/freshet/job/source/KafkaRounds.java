package io.freshet.job.source;

import io.freshet.job.replica.RoundsLog;
import io.freshet.schemas.avro.KeyedBytes;
import java.io.IOException;
import java.util.Map;
import java.util.Properties;

/**
 * The rounds topic in Kafka. It is neither a source of the job nor a sink: a source would be unbounded in a bounded run, and
 * would send every record through the exchange, and either would fail all models if the topic cannot be used.
 */
public final class KafkaRounds implements RoundsLog {
    private static final long serialVersionUID = 1;

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
