package io.freshet.cli.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.MalformedRecordException;
import io.freshet.schemas.ModelSpecCodec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Specifications as they are applied and deleted. */
final class ModelView implements RecordView {
    private final ModelSpecCodec codec = new ModelSpecCodec();

    @Override
    public Map<String, @Nullable Object> fields(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
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
}
