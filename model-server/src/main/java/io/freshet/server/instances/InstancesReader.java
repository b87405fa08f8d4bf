package io.freshet.server.instances;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.StrictJson;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.RequestParameters;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of plain values into the columns of an inference request, token by token.
 *
 * <p>An instance is an object with a value for each field; or an array of the values, in the order of {@link AnsweringSpecs}; or,
 * if there is one field, its value. A text in {@code id} is the id of the request. Ignores other fields of the request, such as {@code signature_name}. Thread-safe.
 *
 * @see <a href="https://www.tensorflow.org/tfx/serving/api_rest#predict_api">TensorFlow Serving, predict API</a>
 */
final class InstancesReader {
    private static final String INSTANCES = "instances";
    private static final String EXPECTED = "a row each, such as {\"" + INSTANCES + "\": [{\"FIELD\": VALUE, ...}]}";

    private final int maximumRows;
    private final Function<String, Set<String>> joinFields;
    private final Function<ServedModel, @Nullable ServedSpec> parents;

    InstancesReader(
            int maximumRows,
            Function<String, Set<String>> joinFields,
            Function<ServedModel, @Nullable ServedSpec> parents) {
        this.maximumRows = maximumRows;
        this.joinFields = joinFields;
        this.parents = parents;
    }

    /** Reads the rows of a request, from the first token of their array. */
    private interface Rows<T> {
        T read(JsonParser parser) throws IOException, RequestException;
    }

    /** @param id of the request, or null */
    private record Read<T>(T rows, @Nullable String id) {}

    /**
     * Reads a request. The rows of a keyed model are read twice, because their keys determine their fields.
     *
     * @param version a version, a label, or null
     * @throws RequestException if the body is not JSON, or not a valid request to the model
     */
    InferRequest read(Buffer body, ServedModel model, @Nullable String version) throws RequestException {
        AnsweringSpecs specs = model.spec().isKeyed()
                ? read(body, new KeySpecs(model, version, parents, maximumRows)::read)
                        .rows()
                : AnsweringSpecs.of(model, version);
        Read<InferRequest> read = read(body, parser -> instances(parser, model.name(), specs));
        return read.id() == null ? read.rows() : read.rows().withId(read.id());
    }

    private static <T> Read<T> read(Buffer body, Rows<T> reader) throws RequestException {
        try (JsonParser parser = StrictJson.parser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw RequestException.bad("body: no JSON object (expected: {\"" + INSTANCES + "\": [...]})");
            }
            T rows = null;
            String id = null;
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case INSTANCES -> rows = reader.read(parser);
                    case "id" -> {
                        id = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
                        parser.skipChildren();
                    }
                    case "inputs" -> throw RequestException.bad("inputs", "columns", INSTANCES + ", " + EXPECTED);
                    default -> parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw RequestException.bad("body: trailing content (expected: one JSON object)");
            }
            if (rows == null) {
                throw RequestException.bad(INSTANCES, "missing", EXPECTED);
            }
            return new Read<>(rows, id);
        } catch (IOException e) {
            throw StrictJson.malformed(e);
        }
    }

    private InferRequest instances(JsonParser parser, String model, AnsweringSpecs specs)
            throws IOException, RequestException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw RequestException.bad(INSTANCES, InstanceColumn.excerpt(parser), EXPECTED);
        }
        InstanceColumns columns = new InstanceColumns(model, specs, joinFields.apply(model));
        List<String> fields = specs.order();
        int rows = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            requireRoom(rows, maximumRows);
            columns.startRow(rows);
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                object(parser, columns, rows);
            } else if (fields.size() == 1) {
                value(parser, columns, fields.get(0), rows);
            } else {
                array(parser, columns, fields, rows);
            }
            columns.endRow(rows++);
        }
        if (rows == 0) {
            throw RequestException.bad(INSTANCES, "empty", EXPECTED);
        }
        return InferRequest.of(null, columns.inputs(rows), List.of(), RequestParameters.NONE);
    }

    /** @throws RequestException if there is no room for another row */
    static void requireRoom(int rows, int maximumRows) throws RequestException {
        if (rows == maximumRows) {
            throw RequestException.bad(INSTANCES, "more than " + maximumRows, "1 to " + maximumRows + " rows");
        }
    }

    private static void object(JsonParser parser, InstanceColumns columns, int row)
            throws IOException, RequestException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            value(parser, columns, field, row);
        }
    }

    private static void array(JsonParser parser, InstanceColumns columns, List<String> fields, int row)
            throws IOException, RequestException {
        String expected = "an object, or an array of " + fields.size() + " values, in the order of the model's inputs";
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw RequestException.bad(INSTANCES + "[" + row + "]", InstanceColumn.excerpt(parser), expected);
        }
        int values = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (values == fields.size()) {
                throw RequestException.bad(INSTANCES + "[" + row + "]", "more than " + values + " values", expected);
            }
            value(parser, columns, fields.get(values++), row);
        }
        if (values < fields.size()) {
            throw RequestException.bad(INSTANCES + "[" + row + "]", values + " values", expected);
        }
    }

    private static void value(JsonParser parser, InstanceColumns columns, String field, int row)
            throws IOException, RequestException {
        InstanceColumn column = columns.of(field, row);
        if (parser.currentToken() != JsonToken.VALUE_NULL) {
            column.read(parser, row);
        }
    }
}
