package io.freshet.cli.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Writes rows as JSON objects, without event time: that of the Kafka record applies. */
record JsonRowWriter(RowLayout layout) implements SampleFormat.Writer {
    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public byte[] write(Row row) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            for (int i = 0; i < layout.numbers().size(); i++) {
                if (row.hasNumber(i)) {
                    json.writeNumberField(layout.numbers().get(i), row.number(i));
                }
            }
            for (int i = 0; i < layout.texts().size(); i++) {
                if (row.hasSparse(i)) {
                    json.writeObjectFieldStart(layout.texts().get(i));
                    writeSparse(json, row, i);
                } else if (row.hasText(i)) {
                    json.writeStringField(layout.texts().get(i), row.text(i));
                }
            }
            for (int i = 0; i < layout.vectors().size(); i++) {
                if (row.hasVector(i)) {
                    json.writeArrayFieldStart(
                            RowLayout.wireName(layout.vectors().get(i)));
                    writeFloats(json, row.vector(i), row.vectorLength(i));
                }
            }
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void writeSparse(JsonGenerator json, Row row, int place) throws IOException {
        json.writeFieldName("indices");
        json.writeArray(row.sparseIndices(place), 0, row.sparseLength(place));
        json.writeArrayFieldStart("values");
        writeFloats(json, row.sparseValues(place), row.sparseLength(place));
        json.writeEndObject();
    }

    private static void writeFloats(JsonGenerator json, float[] values, int length) throws IOException {
        for (int i = 0; i < length; i++) {
            json.writeNumber(values[i]);
        }
        json.writeEndArray();
    }
}
