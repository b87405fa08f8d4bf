package io.freshet.cli.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A producer that delivers what was sent when it is closed, even by an interrupted thread. Kafka's would drop it and log an error. */
final class DeliveringProducer extends KafkaProducer<byte[], byte[]> {
    DeliveringProducer(Map<String, Object> settings) {
        super(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void close(Duration timeout) {
        boolean interrupted = Thread.interrupted();
        try {
            super.close(timeout);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
