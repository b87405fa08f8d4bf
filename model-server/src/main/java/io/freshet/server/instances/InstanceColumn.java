package io.freshet.server.instances;

import com.fasterxml.jackson.core.JsonParser;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.request.InputTensor;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/** The values of one field, which grow row by row. A row may lack the field. Not thread-safe. */
abstract class InstanceColumn {
    final String name;
    /** The rows that have a value. */
    final BitSet present = new BitSet();

    private final String expected;

    /** @param expected what a value is, for messages */
    InstanceColumn(String name, String expected) {
        this.name = name;
        this.expected = expected;
    }

    /**
     * Reads the value of a row that follows those read before, from its first token, which is not null.
     *
     * @throws RequestException if it does not fit the field
     */
    abstract void read(JsonParser parser, int row) throws IOException, RequestException;

    /** Adds the inputs of a request with {@code rows} rows. */
    abstract void addTo(List<InputTensor> inputs, int rows) throws RequestException;

    /** @throws RequestException if a row has no value */
    void require(int row) throws RequestException {
        if (!present.get(row)) {
            throw bad(row, "missing");
        }
    }

    RequestException bad(int row, String value) {
        return RequestException.bad(path(row), value, expected);
    }

    String path(int row) {
        return "instances[" + row + "]." + RequestExcerpt.name(name);
    }

    /** Returns a token for messages. */
    static String excerpt(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> RequestExcerpt.text(parser.getText());
            default -> RequestExcerpt.name(String.valueOf(parser.getText()));
        };
    }
}
