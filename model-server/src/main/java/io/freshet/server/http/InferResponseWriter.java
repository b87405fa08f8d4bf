package io.freshet.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;

/** Writes inference responses as JSON. Floats parse back to the same bits. Thread-safe. */
final class InferResponseWriter {
    private final JsonFactory json = new JsonFactory();

    /** Returns the body of a response. */
    byte[] write(InferResponse response) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + 16 * response.rows());
        try (JsonGenerator to = json.createGenerator(bytes)) {
            write(response, to);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void write(InferResponse response, JsonGenerator to) throws IOException {
        to.writeStartObject();
        to.writeStringField("model_name", response.spec().spec().name());
        if (!response.spec().isKeyed()) {
            to.writeStringField("model_version", Long.toString(response.set(0).version()));
        }
        if (response.request().id() != null) {
            to.writeStringField("id", response.request().id());
        }
        writeParameters(response.parameters(), to);
        to.writeArrayFieldStart("outputs");
        JsonValues values = new JsonValues(to);
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
            output.write(response, values);
            to.writeEndArray();
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeEndObject();
    }

    private static void writeParameters(Map<String, Object> parameters, JsonGenerator to) throws IOException {
        to.writeObjectFieldStart("parameters");
        for (Map.Entry<String, Object> parameter : parameters.entrySet()) {
            to.writeFieldName(parameter.getKey());
            writeScalar(parameter.getValue(), to);
        }
        to.writeEndObject();
    }

    private static void writeScalar(Object value, JsonGenerator to) throws IOException {
        if (value instanceof BigInteger number) {
            to.writeNumber(number);
        } else if (value instanceof BigDecimal number) {
            to.writeNumber(number);
        } else if (value instanceof Long number) {
            to.writeNumber(number);
        } else if (value instanceof Double number) {
            to.writeNumber(number);
        } else if (value instanceof Boolean flag) {
            to.writeBoolean(flag);
        } else {
            to.writeString(value.toString());
        }
    }
}
