package io.freshet.job.pause;

import org.apache.flink.connector.kafka.source.enumerator.initializer.NoStoppingOffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The last record of a partition, without key and value, for a bounded run that starts before its end is known. Flink's source
 * decides where to stop when it starts. The producer of such a topic is ours, so no sample of it looks like a marker.
 */
public final class EndMarker {
    /** Where a source stops that reads to the markers. */
    static final OffsetsInitializer OFFSETS = new NoStoppingOffsetsInitializer();

    private EndMarker() {}

    /** Returns the record that ends a partition. */
    public static ProducerRecord<byte[], byte[]> of(String topic, int partition) {
        return new ProducerRecord<>(topic, partition, null, null);
    }

    static boolean is(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null && record.value() == null;
    }
}
