package io.freshet.cli.tail;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.schemas.avro.MalformedRecordException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Shows a sample in another format than Freshet's: the fields of a JSON object, or the schema's id and the start of a
 * Confluent record.
 *
 * @param json whether the samples are JSON objects
 */
record ForeignSampleView(boolean json) implements RecordView {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** A zero byte, and the id of the schema. */
    private static final int CONFLUENT_HEADER = 5;

    @Override
    public Map<String, @Nullable Object> fields(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
        byte[] value = record.value();
        if (value == null) {
            throw new MalformedRecordException("value: none (expected: a sample)");
        }
        return json ? object(value) : frame(value);
    }

    static Map<String, @Nullable Object> object(byte[] value) throws MalformedRecordException {
        Map<String, @Nullable Object> fields;
        try {
            fields = MAPPER.readValue(value, new TypeReference<LinkedHashMap<String, @Nullable Object>>() {});
        } catch (IOException e) {
            fields = null;
        }
        if (fields == null) {
            // Jackson reads a JSON null as a map that is null.
            throw new MalformedRecordException("value: not a JSON object");
        }
        return fields;
    }

    private static Map<String, @Nullable Object> frame(byte[] value) throws MalformedRecordException {
        if (value.length < CONFLUENT_HEADER || value[0] != 0) {
            throw new MalformedRecordException("value: no Confluent frame (expected: 00, and the id of a schema)");
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("schema", ByteBuffer.wrap(value).getInt(1));
        fields.put("bytes", value.length);
        fields.put("value", ValuePreview.of(value));
        return fields;
    }
}
