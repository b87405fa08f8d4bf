package io.freshet.cli.tail;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.schemas.snapshot.WarmStartCodec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Shows a record of the models topic: an applied or deleted specification, or a part of a warm start. */
final class ModelView implements RecordView {
    private final ModelSpecCodec codec = new ModelSpecCodec();

    @Override
    public Map<String, @Nullable Object> fields(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (WarmStartCodec.isPart(record.key())) {
            putPart(record, fields);
            return fields;
        }
        fields.put("model", record.key() == null ? null : new String(record.key(), UTF_8));
        if (record.value() == null) {
            fields.put("state", "deleted");
            return fields;
        }
        ModelSpec spec = codec.read(record.value());
        fields.put("state", "applied");
        fields.put("key", spec.key());
        fields.put("loss", spec.loss().name());
        fields.put("optimizer", spec.optimizer().name());
        fields.put("hash", spec.hash());
        return fields;
    }

    private static void putPart(ConsumerRecord<byte[], byte[]> record, Map<String, @Nullable Object> fields)
            throws MalformedRecordException {
        fields.put("model", WarmStartCodec.model(record.key()));
        fields.put("warmStart", WarmStartCodec.checksum(record.key()));
        if (record.value() == null) {
            fields.put("state", "deleted");
            return;
        }
        WarmStartCodec.Part part = new WarmStartCodec().read(record.key(), record.value());
        fields.put("part", part.index());
        fields.put("bytes", part.bytes().length);
    }
}
