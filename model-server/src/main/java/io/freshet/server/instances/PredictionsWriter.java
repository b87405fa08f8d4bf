package io.freshet.server.instances;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.freshet.server.http.InferFormat;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.ModelOutput;
import io.freshet.server.predict.ResponseParameters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Writes a prediction for each row: the value of a model's only output, or an object with each output by name. A row without
 * a prediction has the reason, as {@code {"error": "..."}}. Floats parse back to the same bits. Thread-safe.
 */
final class PredictionsWriter {
    private final JsonFactory json = JsonFactory.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    InferFormat.Body write(InferResponse response) {
        ByteArrayOutputStream bytes =
                new ByteArrayOutputStream(256 + 16 * response.rows().count());
        try (JsonGenerator to = json.createGenerator(bytes)) {
            write(response, to);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return new InferFormat.Body(bytes.toByteArray(), -1);
    }

    private static void write(InferResponse response, JsonGenerator to) throws IOException {
        to.writeStartObject();
        to.writeArrayFieldStart("predictions");
        List<ModelOutput> outputs = ModelOutput.predicted(response.spec().spec());
        for (int row = 0; row < response.rows().count(); row++) {
            writeRow(response, row, outputs, to);
        }
        to.writeEndArray();
        to.writeStringField("model_name", response.spec().spec().name());
        if (!response.spec().isKeyed()) {
            to.writeStringField(
                    "model_version", Long.toString(response.rows().set(0).version()));
        }
        if (response.request().id() != null) {
            to.writeStringField("id", response.request().id());
        }
        ResponseParameters.write(response, to);
        to.writeEndObject();
    }

    private static void writeRow(InferResponse response, int row, List<ModelOutput> outputs, JsonGenerator to)
            throws IOException {
        String error = response.rows().error(row);
        if (!error.isEmpty()) {
            to.writeStartObject();
            to.writeStringField("error", error);
            to.writeEndObject();
        } else if (outputs.size() == 1) {
            RowJson.write(response, row, outputs.get(0), to);
        } else {
            to.writeStartObject();
            for (ModelOutput output : outputs) {
                to.writeFieldName(output.label());
                RowJson.write(response, row, output, to);
            }
            to.writeEndObject();
        }
    }
}
