package io.freshet.server.request;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.body.StrictJson;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads inference requests from JSON, token by token, so that deep nesting cannot exhaust the stack.
 *
 * <p>Ignores unknown fields. Optional fields may be null. Thread-safe.
 *
 * @see <a href="https://github.com/kserve/open-inference-protocol">Open Inference Protocol</a>
 */
public final class InferRequestReader {
    /** The header with the size of the JSON in a body, if binary values follow. */
    public static final String JSON_BYTES = "Inference-Header-Content-Length";

    private final int maximumRows;

    /** @param maximumRows maximum number of rows in a request, at least 1 */
    public InferRequestReader(int maximumRows) {
        this.maximumRows = maximumRows;
    }

    /**
     * Returns the request in a body.
     *
     * @param jsonBytes the size of the JSON at the start of the body; the values of the binary inputs follow
     * @throws RequestException if the body is not JSON or not a valid request
     */
    public InferRequest read(Buffer body, int jsonBytes) throws RequestException {
        if (jsonBytes > body.length()) {
            throw RequestException.bad(JSON_BYTES, jsonBytes, "up to " + body.length() + ", the size of the body");
        }
        ByteBuf bytes = ((BufferInternal) body).getByteBuf();
        if (jsonBytes == body.length()) {
            int from = bytes.arrayOffset() + bytes.readerIndex();
            InferRequest plain = new PlainRequestReader(bytes.array(), from, from + jsonBytes, maximumRows).read();
            if (plain != null) {
                return plain;
            }
        }
        return parse(body, jsonBytes);
    }

    /** Reads any request with the JSON parser. */
    InferRequest parse(Buffer body, int jsonBytes) throws RequestException {
        BinarySection binary = new BinarySection(body.slice(jsonBytes, body.length()));
        InferRequest request = json(body.slice(0, jsonBytes), binary);
        binary.requireEnd();
        return request;
    }

    private InferRequest json(Buffer body, BinarySection binary) throws RequestException {
        try (JsonParser parser = StrictJson.parser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw RequestException.bad("body: no JSON object (expected: {\"inputs\": [...]})");
            }
            InferRequest request = request(parser, body, binary);
            if (parser.nextToken() != null) {
                throw RequestException.bad("body: trailing content (expected: one JSON object)");
            }
            return request;
        } catch (IOException e) {
            throw StrictJson.malformed(e);
        }
    }

    private InferRequest request(JsonParser parser, Buffer body, BinarySection binary)
            throws IOException, RequestException {
        String id = null;
        List<InputTensor> inputs = null;
        List<RequestedOutput> outputs = List.of();
        RequestParameters parameters = RequestParameters.NONE;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "id" -> id = isNull(parser) ? null : text(parser, "id");
                case "inputs" -> inputs = inputs(parser, body, binary);
                case "outputs" -> outputs = isNull(parser) ? List.of() : outputs(parser);
                case "parameters" -> parameters = RequestParametersReader.request(parser);
                default -> parser.skipChildren();
            }
        }
        return InferRequest.of(id, inputs, outputs, parameters);
    }

    private List<InputTensor> inputs(JsonParser parser, Buffer body, BinarySection binary)
            throws IOException, RequestException {
        expect(parser, JsonToken.START_ARRAY, "inputs", "an array of tensors");
        List<InputTensor> inputs = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String path = "inputs[" + inputs.size() + "]";
            expect(parser, JsonToken.START_OBJECT, path, "an object");
            inputs.add(input(parser, path, body, binary));
        }
        return inputs;
    }

    private InputTensor input(JsonParser parser, String path, Buffer body, BinarySection binary)
            throws IOException, RequestException {
        String name = null;
        String datatype = null;
        List<Long> shape = null;
        TensorData data = null;
        Long binaryBytes = null;
        long dataAt = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "name" -> name = text(parser, path + ".name");
                case "datatype" -> datatype = text(parser, path + ".datatype");
                case "shape" -> shape = shape(parser, name == null ? path : RequestExcerpt.name(name));
                case "data" -> {
                    dataAt = parser.currentTokenLocation().getCharOffset();
                    data = data(parser, name == null ? path : RequestExcerpt.name(name));
                }
                case "parameters" -> binaryBytes = RequestParametersReader.input(parser, path + ".parameters");
                default -> parser.skipChildren();
            }
        }
        if (name == null) {
            throw RequestException.bad(path + ".name", "missing", "the name of a field");
        }
        TensorHeader header = TensorHeader.of(name, datatype, shape, maximumRows);
        if (binaryBytes == null) {
            int from = (int) dataAt;
            return header.with(data, i -> SentValues.at(body.toString(), from, i));
        }
        if (data != null) {
            throw RequestException.bad(RequestExcerpt.name(name) + ".data", "present", "none beside binary_data_size");
        }
        return header.withBinary(binary.take(RequestExcerpt.name(name), binaryBytes));
    }

    private static List<Long> shape(JsonParser parser, String path) throws IOException, RequestException {
        expect(parser, JsonToken.START_ARRAY, path + ".shape", TensorHeader.SHAPE);
        List<Long> shape = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser, JsonToken.VALUE_NUMBER_INT, path + ".shape", TensorHeader.SHAPE);
            if (parser.getNumberType() == NumberType.BIG_INTEGER) {
                throw RequestException.bad(path + ".shape", RequestExcerpt.name(parser.getText()), TensorHeader.SHAPE);
            }
            shape.add(parser.getLongValue());
            if (shape.size() > Nesting.MAXIMUM_DEPTH) {
                throw RequestException.bad(
                        path + ".shape", "more than " + Nesting.MAXIMUM_DEPTH + " dimensions", TensorHeader.SHAPE);
            }
        }
        return shape;
    }

    private static TensorData data(JsonParser parser, String path) throws IOException, RequestException {
        expect(parser, JsonToken.START_ARRAY, path + ".data", "an array");
        TensorData data = new TensorData();
        Nesting nesting = data.nesting();
        nesting.open();
        while (nesting.depth() > 0) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.END_ARRAY) {
                nesting.close();
            } else if (token != JsonToken.START_ARRAY || !nesting.open()) {
                value(parser, path, data);
            }
        }
        return data;
    }

    private static void value(JsonParser parser, String path, TensorData data) throws IOException, RequestException {
        switch (parser.currentToken()) {
            case VALUE_NUMBER_FLOAT -> {
                keepFirst(parser, data);
                data.addDecimal(parser.getDoubleValue());
            }
            case VALUE_NUMBER_INT -> {
                keepFirst(parser, data);
                if (parser.getNumberType() == NumberType.BIG_INTEGER) {
                    data.addInteger(parser.getBigIntegerValue());
                } else {
                    data.addInteger(parser.getLongValue());
                }
            }
            case VALUE_STRING -> data.addText(parser.getText());
            case VALUE_TRUE, VALUE_FALSE -> data.addFlag(parser.getBooleanValue());
            case VALUE_NULL -> data.addNull();
            default ->
                throw RequestException.bad(
                        path + ".data",
                        "an array or object nested too deeply",
                        "values in up to " + Nesting.MAXIMUM_DEPTH + " levels of arrays");
        }
    }

    private static void keepFirst(JsonParser parser, TensorData data) throws IOException {
        if (data.size() == 0) {
            data.keepFirst(parser.getText());
        }
    }

    private static List<RequestedOutput> outputs(JsonParser parser) throws IOException, RequestException {
        expect(parser, JsonToken.START_ARRAY, "outputs", "an array of objects with a name");
        List<RequestedOutput> outputs = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String path = "outputs[" + outputs.size() + "]";
            expect(parser, JsonToken.START_OBJECT, path, "an object with a name");
            String name = null;
            Boolean binary = null;
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case "name" -> name = text(parser, path + ".name");
                    case "parameters" -> binary = RequestParametersReader.output(parser, path + ".parameters");
                    default -> parser.skipChildren();
                }
            }
            if (name == null) {
                throw RequestException.bad(path + ".name", "missing", "the name of an output");
            }
            outputs.add(new RequestedOutput(name, binary));
        }
        return outputs;
    }

    private static boolean isNull(JsonParser parser) {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    private static String text(JsonParser parser, String path) throws IOException, RequestException {
        expect(parser, JsonToken.VALUE_STRING, path, "a string");
        return parser.getText();
    }

    private static void expect(JsonParser parser, @Nullable JsonToken token, String path, String expected)
            throws IOException, RequestException {
        if (parser.currentToken() != token) {
            throw RequestException.bad(path, RequestExcerpt.name(String.valueOf(parser.getText())), expected);
        }
    }
}
