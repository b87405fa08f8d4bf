package io.freshet.job.publish;

import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.RecordHeaders;
import io.freshet.schemas.avro.ExportFormat;
import io.freshet.schemas.avro.ExportedType;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts records to Confluent's wire format, once their schema has an id. */
final class ConfluentConverter implements Export.Converter {
    private final SchemaRegistration schema;
    private @Nullable RecordHeaders headers;

    ConfluentConverter(SchemaRegistration schema) {
        this.schema = schema;
    }

    @Override
    public @Nullable OutputRecord convert(OutputRecord record) {
        Integer id = schema.id();
        if (id == null) {
            return null;
        }
        if (headers == null) {
            headers = headers(id);
        }
        return record.exported(record.value() == null ? null : ExportedType.confluent(record.value(), id), headers);
    }

    private static RecordHeaders headers(int id) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put("content-type", ExportFormat.CONFLUENT.contentType().getBytes(StandardCharsets.UTF_8));
        headers.put("schema-id", Integer.toString(id).getBytes(StandardCharsets.UTF_8));
        return RecordHeaders.of(headers);
    }

    @Override
    public void close() {
        schema.close();
    }
}
