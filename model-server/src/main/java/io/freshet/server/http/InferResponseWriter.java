package io.freshet.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.freshet.server.predict.BinaryOutput;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.JsonOutput;
import io.freshet.server.predict.ModelOutput;
import io.freshet.server.predict.ResponseParameters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Writes inference responses as JSON. Floats parse back to the same bits. Thread-safe. */
final class InferResponseWriter {
    private final JsonFactory json = JsonFactory.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    /** Returns the body of a response: JSON, followed by the values of the binary outputs. */
    InferFormat.Body write(InferResponse response) {
        ByteArrayOutputStream bytes =
                new ByteArrayOutputStream(256 + 16 * response.rows().count());
        List<ByteBuffer> binary = new ArrayList<>();
        try (JsonGenerator to = json.createGenerator(bytes)) {
            write(response, to, binary);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        int jsonBytes = bytes.size();
        for (ByteBuffer values : binary) {
            bytes.write(values.array(), 0, values.limit());
        }
        return new InferFormat.Body(bytes.toByteArray(), binary.isEmpty() ? -1 : jsonBytes);
    }

    private static void write(InferResponse response, JsonGenerator to, List<ByteBuffer> binary) throws IOException {
        to.writeStartObject();
        to.writeStringField("model_name", response.spec().spec().name());
        if (!response.spec().isKeyed()) {
            to.writeStringField(
                    "model_version", Long.toString(response.rows().set(0).version()));
        }
        if (response.request().id() != null) {
            to.writeStringField("id", response.request().id());
        }
        ResponseParameters.write(response, to);
        to.writeArrayFieldStart("outputs");
        JsonOutput values = new JsonOutput(to);
        for (ModelOutput output : response.outputs()) {
            to.writeStartObject();
            to.writeStringField("name", output.label());
            to.writeStringField(
                    "datatype", output.datatype(response.spec().spec()).name());
            to.writeArrayFieldStart("shape");
            for (int size : output.shape(response.spec().spec(), response.rows().count(), response.steps())) {
                to.writeNumber(size);
            }
            to.writeEndArray();
            if (response.request().isBinary(output.label())) {
                BinaryOutput bytes =
                        new BinaryOutput(output.datatype(response.spec().spec()));
                output.write(response, bytes);
                binary.add(bytes.bytes());
                to.writeObjectFieldStart("parameters");
                to.writeNumberField("binary_data_size", bytes.bytes().limit());
                to.writeEndObject();
            } else {
                to.writeArrayFieldStart("data");
                output.write(response, values);
                to.writeEndArray();
            }
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeEndObject();
    }
}
