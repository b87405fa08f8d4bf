package io.freshet.cli.tail;

import io.freshet.cli.console.OneLine;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The fields of a record on one line. */
final class FieldText {
    private FieldText() {}

    /** Returns {@code time partition@offset name=value ...}, without null and empty values. */
    static String line(ConsumerRecord<byte[], byte[]> record, Map<String, @Nullable Object> fields) {
        return Instant.ofEpochMilli(record.timestamp()) + " " + record.partition() + "@" + record.offset() + " "
                + line(fields);
    }

    private static String line(Map<?, ?> fields) {
        return fields.entrySet().stream()
                .filter(field -> field.getValue() != null && !field.getValue().equals(""))
                .map(field -> field.getValue() instanceof Map<?, ?> map
                        ? line(map)
                        : field.getKey() + "=" + text(field.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String text(@Nullable Object value) {
        String text = OneLine.of(String.valueOf(value));
        return value instanceof String && text.contains(" ") ? "\"" + text + "\"" : text;
    }
}
