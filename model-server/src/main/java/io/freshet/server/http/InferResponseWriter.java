package io.freshet.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/** Writes inference responses as JSON. Floats parse back to the same bits. Thread-safe. */
final class InferResponseWriter {
    private final JsonFactory json = new JsonFactory();
    private final ModelConditions conditions;

    InferResponseWriter(ModelConditions conditions) {
        this.conditions = conditions;
    }

    /**
     * Returns the body of a response.
     *
     * @param now milliseconds since 1970, UTC
     */
    byte[] write(InferResponse response, long now) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + 16 * response.rows());
        try (JsonGenerator to = json.createGenerator(bytes)) {
            write(response, now, to);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private void write(InferResponse response, long now, JsonGenerator to) throws IOException {
        to.writeStartObject();
        to.writeStringField("model_name", response.spec().spec().name());
        if (!response.spec().isKeyed()) {
            to.writeStringField("model_version", Long.toString(response.set(0).version()));
        }
        if (response.id() != null) {
            to.writeStringField("id", response.id());
        }
        long watermark = response.watermark();
        if (watermark != Long.MIN_VALUE) {
            to.writeObjectFieldStart("parameters");
            to.writeStringField("watermark", Instant.ofEpochMilli(watermark).toString());
            to.writeNumberField("age_seconds", conditions.ageSeconds(watermark, now));
            to.writeEndObject();
        }
        to.writeArrayFieldStart("outputs");
        for (Output output : response.outputs()) {
            to.writeStartObject();
            to.writeStringField("name", output.label());
            to.writeStringField(
                    "datatype", output.datatype(response.spec().spec()).name());
            to.writeArrayFieldStart("shape");
            for (int size : output.shape(response.spec().spec(), response.rows(), response.steps())) {
                to.writeNumber(size);
            }
            to.writeEndArray();
            to.writeArrayFieldStart("data");
            for (int row = 0; row < response.rows(); row++) {
                output.write(response, row, to);
            }
            to.writeEndArray();
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeEndObject();
    }
}
