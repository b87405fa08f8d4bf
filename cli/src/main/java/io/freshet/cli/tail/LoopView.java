package io.freshet.cli.tail;

import io.freshet.schemas.avro.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Shows an answer, an outcome, or a record that the join could not use: why, and the fields of its JSON object. */
final class LoopView implements RecordView {
    private static final String PREFIX = "freshet.";

    @Override
    public Map<String, @Nullable Object> fields(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
        if (record.value() == null) {
            throw new MalformedRecordException("value: none (expected: a JSON object)");
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            if (header.key().startsWith(PREFIX) && header.value() != null) {
                fields.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        try {
            fields.putAll(ForeignSampleView.object(record.value()));
        } catch (MalformedRecordException e) {
            if (fields.isEmpty()) {
                throw e;
            }
            // A request in another format, whose headers say what became of it.
            fields.put("value", ValuePreview.of(record.value()));
        }
        return fields;
    }
}
