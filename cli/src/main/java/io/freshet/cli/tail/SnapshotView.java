package io.freshet.cli.tail;

import io.freshet.cli.kafka.LaneReader;
import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Shows a snapshot of either lane, published as one record or in blocks. */
final class SnapshotView implements RecordView {
    private final LaneReader reader = new LaneReader();

    @Override
    public @Nullable Map<String, @Nullable Object> fields(ConsumerRecord<byte[], byte[]> record)
            throws MalformedRecordException {
        SnapshotReader.Change change = reader.read(record);
        if (change == null) {
            return null;
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("model", change.key().model());
        fields.put("key", change.key().key());
        fields.put("topic", record.topic());
        PublishedSnapshot published = change.snapshot();
        if (published == null) {
            fields.put("state", "deleted");
            return fields;
        }
        Snapshot snapshot = published.snapshot();
        fields.put("version", snapshot.version());
        fields.put("updates", snapshot.updates());
        fields.put("hash", published.specHash());
        fields.put("parameters", snapshot.values().length());
        long watermark = snapshot.lineage().watermark();
        fields.put(
                "watermark",
                watermark == Long.MIN_VALUE
                        ? null
                        : Instant.ofEpochMilli(watermark).toString());
        fields.put("publishedAt", Instant.ofEpochMilli(published.publishedAt()).toString());
        if (snapshot.metrics() != null) {
            MetricsView.put(fields, snapshot.metrics());
        }
        return fields;
    }
}
