package io.freshet.server.instances;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.server.body.RequestException;
import io.freshet.server.predict.Route;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the specifications of the versions that may answer the rows of a request to a keyed model, by the keys of the rows. Reads
 * nothing else: what is malformed, the reader of the rows reports.
 *
 * <p>An array has the inputs of the version of its key, and with an unknown key those of the newest specification. All arrays of a
 * request must have the same inputs.
 */
final class KeySpecs {
    private final ServedModel model;
    private final @Nullable String version;
    private final Function<ServedModel, @Nullable ServedSpec> parents;
    private final int maximumRows;
    private final String field;
    /** Where the rows of unknown keys that are arrays have their values. */
    private final List<String> newest;

    /** At most one per row. */
    private final Set<String> seen = new HashSet<>();

    private final Map<String, ServedSpec> specs = new LinkedHashMap<>();
    /** The inputs of the arrays so far; null without an array. */
    private @Nullable List<String> order;

    /**
     * @param version a version, a label, or null
     * @param parents what predicts unknown keys of a model, if it has other inputs
     */
    KeySpecs(
            ServedModel model,
            @Nullable String version,
            Function<ServedModel, @Nullable ServedSpec> parents,
            int maximumRows) {
        this.model = model;
        this.version = version;
        this.parents = parents;
        this.maximumRows = maximumRows;
        newest = AnsweringSpecs.names(model.spec());
        field = String.valueOf(model.spec().spec().key());
    }

    /**
     * Reads the keys of all rows.
     *
     * @throws RequestException if there are too many rows, arrays have different inputs, or those of one are ambiguous
     */
    AnsweringSpecs read(JsonParser parser) throws IOException, RequestException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return AnsweringSpecs.of(model, version);
        }
        for (int row = 0; parser.nextToken() != JsonToken.END_ARRAY; row++) {
            InstancesReader.requireRoom(row, maximumRows);
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                object(parser);
            } else {
                array(texts(parser), row);
            }
        }
        ServedSpec spec = model.spec();
        specs.putIfAbsent(spec.hash(), spec);
        return new AnsweringSpecs(specs.values(), order == null ? newest : order);
    }

    private void object(JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            boolean isKey = parser.currentName().equals(field);
            parser.nextToken();
            String value = isKey ? text(parser) : null;
            if (value != null) {
                add(value);
            }
            parser.skipChildren();
        }
    }

    private void array(List<@Nullable String> values, int row) throws RequestException {
        List<String> inputs = inputs(values, row);
        if (order != null && !order.equals(inputs)) {
            throw RequestException.bad(
                    "instances[" + row + "]",
                    "an array of " + String.join(", ", inputs),
                    String.join(", ", order)
                            + ", like the arrays before; or objects, because versions of the keys have different inputs");
        }
        order = inputs;
        int place = inputs.indexOf(field);
        String key = place < values.size() ? values.get(place) : null;
        if (key != null) {
            add(key);
        }
    }

    /** Returns the inputs that an array has: those of the version of a key that is where they say. */
    private List<String> inputs(List<@Nullable String> values, int row) throws RequestException {
        Set<List<String>> found = new LinkedHashSet<>();
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            ServedSpec described = value == null ? null : Route.described(model, value, version);
            if (described != null && described.fields().names().size() == values.size()) {
                List<String> names = AnsweringSpecs.names(described);
                if (names.indexOf(field) == i) {
                    found.add(names);
                }
            }
        }
        if (found.size() > 1) {
            throw RequestException.bad(
                    "instances[" + row + "]",
                    "an array with keys of versions with different inputs",
                    "an object, which names them");
        }
        return found.isEmpty() ? newest : found.iterator().next();
    }

    private void add(String key) {
        if (!seen.add(key)) {
            return;
        }
        List<ParameterSet> known = Route.candidates(model, key, version);
        known.forEach(set -> specs.putIfAbsent(set.served().hash(), set.served()));
        ServedSpec parent = known.isEmpty() ? parents.apply(model) : null;
        if (parent != null) {
            specs.putIfAbsent(parent.hash(), parent);
        }
    }

    /** Returns the values of an array; null for one that is no text. A value alone is like an array with it. */
    private static List<@Nullable String> texts(JsonParser parser) throws IOException {
        List<@Nullable String> values = new ArrayList<>();
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            values.add(text(parser));
            return values;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(text(parser));
        }
        return values;
    }

    /** Returns the current value as a text, or null after skipping one that is none. */
    private static @Nullable String text(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
            return parser.getText();
        }
        parser.skipChildren();
        return null;
    }
}
