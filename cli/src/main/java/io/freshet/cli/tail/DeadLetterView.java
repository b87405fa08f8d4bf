package io.freshet.cli.tail;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Shows a dead letter: the reason, the origin, and the start of its value. */
final class DeadLetterView implements RecordView {
    @Override
    public Map<String, @Nullable Object> fields(ConsumerRecord<byte[], byte[]> record) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        put(fields, record, "message", DeadLetterHeaders.MESSAGE);
        put(fields, record, "stage", DeadLetterHeaders.STAGE);
        put(fields, record, "model", DeadLetterHeaders.MODEL);
        put(fields, record, "topic", DeadLetterHeaders.TOPIC);
        put(fields, record, "partition", DeadLetterHeaders.PARTITION);
        put(fields, record, "offset", DeadLetterHeaders.OFFSET);
        put(fields, record, "row", DeadLetterHeaders.ROW);
        fields.put("value", ValuePreview.of(record.value()));
        return fields;
    }

    private static void put(
            Map<String, @Nullable Object> fields, ConsumerRecord<byte[], byte[]> record, String name, String header) {
        Header last = record.headers().lastHeader(header);
        if (last != null && last.value() != null) {
            fields.put(name, new String(last.value(), UTF_8));
        }
    }
}
