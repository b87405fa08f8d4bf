package io.freshet.cli.dev;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.FeatureSpec.Dense;
import io.freshet.learning.spec.ModelSpec;
import java.util.Collections;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A query of a model with a row of example values, for the user to change.
 *
 * @param values of fields; the others have 1 for numbers, {@code a} for texts, noon of a day for times
 */
public record ExampleQuery(ModelSpec spec, Map<String, Object> values) {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** By which an outcome names the request. */
    private static final String ID = "r1";

    private static final String TIME = "2030-01-31T12:00:00Z";
    /** A longer request is no line to paste. */
    private static final int MAXIMUM_VALUES = 40;

    /** Whether the row is short enough for a command. */
    boolean isShort() {
        int vectors = spec.features().dense().stream().mapToInt(Dense::length).sum();
        return vectors
                        + spec.inputNumberFields().size()
                        + spec.inputTextFields().size()
                <= MAXIMUM_VALUES;
    }

    /** Returns the body of a request to the server. */
    public String request() {
        ObjectNode request = JSON.createObjectNode();
        if (spec.join() != null) {
            request.put("id", ID);
        }
        ArrayNode inputs = request.putArray("inputs");
        for (String field : spec.inputNumberFields()) {
            input(inputs, field, "FP64", 1).addPOJO(number(field));
        }
        for (String field : spec.inputTextFields()) {
            input(inputs, field, "BYTES", 1).addPOJO(text(field));
        }
        for (Dense vector : spec.features().dense()) {
            ArrayNode data = input(inputs, RowLayout.wireName(vector.field()), "FP64", vector.length());
            Collections.nCopies(vector.length(), 1).forEach(data::add);
        }
        return request.toString();
    }

    /** Returns the outcome of {@link #request}; null if the model joins none. */
    @Nullable String outcome() {
        if (spec.join() == null) {
            return null;
        }
        ObjectNode outcome = JSON.createObjectNode().put("id", ID);
        if (spec.labels().isEmpty()) {
            outcome.put("value", 1);
        } else {
            outcome.put("value", spec.labels().get(0));
        }
        return outcome.toString();
    }

    private static ArrayNode input(ArrayNode inputs, String field, String type, int length) {
        ObjectNode input = inputs.addObject().put("name", field);
        ArrayNode shape = input.putArray("shape").add(1);
        if (length > 1) {
            shape.add(length);
        }
        return input.put("datatype", type).putArray("data");
    }

    /** Returns the fields as arguments of {@code predict}, quoted for a shell. */
    String arguments() {
        Stream<String> numbers = spec.inputNumberFields().stream().map(field -> field + "=" + number(field));
        Stream<String> texts = spec.inputTextFields().stream().map(field -> field + "=" + text(field));
        return Stream.concat(numbers, texts).map(ExampleQuery::quote).collect(Collectors.joining(" "));
    }

    /** Whether {@link #arguments} can give all fields: it has no vectors. */
    boolean hasArguments() {
        return spec.features().dense().isEmpty();
    }

    private Object number(String field) {
        return values.getOrDefault(field, 1);
    }

    private Object text(String field) {
        if (spec.features().timeFields().contains(field)) {
            return values.getOrDefault(field, TIME);
        }
        return values.getOrDefault(field, spec.sparseFields().contains(field) ? "1:1" : "a");
    }

    /** Quotes a word for a POSIX shell. */
    static String quote(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
