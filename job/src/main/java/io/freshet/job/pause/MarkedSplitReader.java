package io.freshet.job.pause;

import java.io.IOException;
import java.util.Properties;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaPartitionSplitReader;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Flink's reader of Kafka partitions, for which each partition ends at its {@link EndMarker}. */
final class MarkedSplitReader extends KafkaPartitionSplitReader {
    MarkedSplitReader(Properties properties, SourceReaderContext context, KafkaSourceReaderMetrics metrics) {
        super(properties, context, metrics, null);
    }

    @Override
    public RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetch() throws IOException {
        RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetched = super.fetch();
        RecordsBySplits.Builder<ConsumerRecord<byte[], byte[]>> out = new RecordsBySplits.Builder<>();
        for (String split = fetched.nextSplit(); split != null; split = fetched.nextSplit()) {
            for (ConsumerRecord<byte[], byte[]> record = fetched.nextRecordFromSplit();
                    record != null;
                    record = fetched.nextRecordFromSplit()) {
                if (EndMarker.is(record)) {
                    out.addFinishedSplit(split);
                } else {
                    out.add(split, record);
                }
            }
        }
        return out.build();
    }
}
