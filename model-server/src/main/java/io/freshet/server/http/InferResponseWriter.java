package io.freshet.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.server.metrics.Freshness;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/** Writes answers as JSON. Floats read back to the same bits. Thread-safe. */
final class InferResponseWriter {
    private final JsonFactory json = new JsonFactory();

    /**
     * Returns the body of a response.
     *
     * @param now milliseconds since 1970, UTC
     */
    byte[] write(InferResponse answer, long now) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + 16 * answer.rows());
        try (JsonGenerator to = json.createGenerator(bytes)) {
            write(answer, now, to);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen: the output is memory", e);
        }
        return bytes.toByteArray();
    }

    private static void write(InferResponse answer, long now, JsonGenerator to) throws IOException {
        to.writeStartObject();
        to.writeStringField("model_name", answer.spec().spec().name());
        if (!answer.spec().keyed()) {
            to.writeStringField("model_version", Long.toString(answer.set(0).version()));
        }
        if (answer.id() != null) {
            to.writeStringField("id", answer.id());
        }
        long watermark = answer.watermark();
        if (watermark != Long.MIN_VALUE) {
            to.writeObjectFieldStart("parameters");
            to.writeStringField("watermark", Instant.ofEpochMilli(watermark).toString());
            to.writeNumberField("age_seconds", Freshness.ageSeconds(watermark, now));
            to.writeEndObject();
        }
        to.writeArrayFieldStart("outputs");
        for (Output output : answer.outputs()) {
            to.writeStartObject();
            to.writeStringField("name", output.label());
            to.writeStringField("datatype", output.datatype().name());
            to.writeArrayFieldStart("shape");
            for (int size : output.shape(answer.spec().spec(), answer.rows(), answer.steps())) {
                to.writeNumber(size);
            }
            to.writeEndArray();
            to.writeArrayFieldStart("data");
            for (int row = 0; row < answer.rows(); row++) {
                output.write(answer, row, to);
            }
            to.writeEndArray();
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeEndObject();
    }
}
