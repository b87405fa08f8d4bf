package io.freshet.server.answers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.predict.outputs.InferResponse;
import io.freshet.server.predict.outputs.JsonOutput;
import io.freshet.server.predict.outputs.ModelOutput;
import io.freshet.server.store.ParameterSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes an answered row as a flat JSON object with the same fields for all rows of a model, as described in docs/serving.md. */
final class AnswerJson {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int INITIAL_BYTES = 256;

    private AnswerJson() {}

    static byte[] write(LoggedRows answer, LoggedRows.Row row) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(INITIAL_BYTES);
        try (JsonGenerator to = JSON.createGenerator(bytes)) {
            write(answer, row, to);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void write(LoggedRows answer, LoggedRows.Row row, JsonGenerator to) throws IOException {
        InferResponse response = answer.response();
        ModelSpec spec = response.spec().spec();
        ParameterSet set = response.rows().set(row.index());
        to.writeStartObject();
        to.writeStringField("id", row.id());
        to.writeNumberField("row", row.index());
        to.writeNumberField("time", answer.time());
        to.writeStringField("model", spec.name());
        String key = set.snapshot().key();
        to.writeStringField("key", key.isEmpty() ? null : key);
        to.writeNumberField("version", set.version());
        to.writeStringField("lane", set.lane().label());
        String label = response.rows().versionLabel(row.index());
        to.writeStringField("version_label", label.isEmpty() ? null : label);
        to.writeBooleanField("shadow", answer.shadow());
        to.writeObjectFieldStart("outputs");
        for (ModelOutput output : ModelOutput.predicted(spec)) {
            to.writeFieldName(output.label());
            writeValues(output, response, row.index(), to);
        }
        to.writeEndObject();
        to.writeEndObject();
    }

    /** Writes the value of a row, or an array if the output can have several. */
    private static void writeValues(ModelOutput output, InferResponse response, int row, JsonGenerator to)
            throws IOException {
        boolean several = output.shape(response.spec().spec(), response.rows().count(), response.steps())
                        .size()
                > 1;
        if (several) {
            to.writeStartArray();
        }
        output.write(response, row, new JsonOutput(to));
        if (several) {
            to.writeEndArray();
        }
    }
}
