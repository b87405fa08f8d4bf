package io.freshet.cli.predict;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes one JSON object per line. A rejected row has an {@code error} instead of a prediction. */
final class JsonLinesWriter implements RowWriter {
    private final JsonGenerator json;
    private boolean inRow;

    JsonLinesWriter(Writer out) throws IOException {
        json = new JsonFactory().createGenerator(out);
        json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
    }

    @Override
    public void value(String name, @Nullable Object value) throws IOException {
        if (!inRow) {
            json.writeStartObject();
            inRow = true;
        }
        json.writeFieldName(name);
        write(value);
    }

    private void write(@Nullable Object value) throws IOException {
        if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object each : list) {
                write(each);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> each : map.entrySet()) {
                json.writeFieldName(String.valueOf(each.getKey()));
                write(each.getValue());
            }
            json.writeEndObject();
        } else {
            json.writeObject(value);
        }
    }

    @Override
    public void endRejectedRow(String reason) throws IOException {
        value("error", reason);
        endRow();
    }

    @Override
    public void endRow() throws IOException {
        json.writeEndObject();
        inRow = false;
    }

    @Override
    public void close() throws IOException {
        if (!json.isClosed()) {
            json.writeRaw('\n');
        }
        json.close();
    }
}
