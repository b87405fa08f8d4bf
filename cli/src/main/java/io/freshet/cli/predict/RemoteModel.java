package io.freshet.cli.predict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.console.CommandException;
import io.freshet.learning.loss.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a server's metadata say about a model.
 *
 * @param numbers name of the output with the numbers of a prediction, from which the other outputs follow
 */
record RemoteModel(List<Input> inputs, PredictionShape shape, String numbers) {
    /**
     * An input of a model.
     *
     * @param name in the protocol
     * @param kind of value that each row has
     * @param optional whether a row may lack the value
     */
    record Input(String name, Kind kind, boolean optional) {}

    /** The value that a row has for an input. */
    enum Kind {
        NUMBER("a number", "FP64"),
        TEXT("a text", "BYTES"),
        /** All rows of a request have the same length. */
        VECTOR("numbers, as 1,2,3", "FP32");

        private final String expected;
        private final String datatype;

        Kind(String expected, String datatype) {
            this.expected = expected;
            this.datatype = datatype;
        }

        /** Returns the value that an error message expects. */
        String expected() {
            return expected;
        }

        String datatype() {
            return datatype;
        }
    }

    /** @throws CommandException if they are not those of a Freshet server */
    static RemoteModel of(JsonNode metadata, String source) throws CommandException {
        JsonNode properties = metadata.path("properties");
        List<Input> inputs = inputs(
                metadata, List.of(properties.path("optional_inputs").asText().split(",")));
        Set<String> outputs = new HashSet<>();
        metadata.path("outputs")
                .forEach(output -> outputs.add(output.path("name").asText()));
        if (inputs.isEmpty() || outputs.isEmpty()) {
            throw new CommandException(
                    source + ": no " + (inputs.isEmpty() ? "inputs" : "outputs") + " (expected: a Freshet server)");
        }
        JsonNode first = metadata.path("outputs").path(0);
        String numbers = first.path("name").asText();
        JsonNode dimensions = first.path("shape");
        int count =
                dimensions.size() > 1 ? dimensions.get(dimensions.size() - 1).asInt() : 1;
        return new RemoteModel(
                inputs,
                PredictionShape.of(
                        task(outputs, numbers, dimensions.size(), source),
                        count,
                        List.of(properties.path("label").asText().split(",")),
                        classes(properties)),
                numbers);
    }

    private static List<Input> inputs(JsonNode metadata, List<String> optional) {
        List<Input> inputs = new ArrayList<>();
        for (JsonNode input : metadata.path("inputs")) {
            String name = input.path("name").asText();
            inputs.add(new Input(name, kind(input), optional.contains(name)));
        }
        return inputs;
    }

    /** A vector has a second dimension, after the rows. */
    private static Kind kind(JsonNode input) {
        if (input.path("datatype").asText().equals(Kind.TEXT.datatype)) {
            return Kind.TEXT;
        }
        return input.path("shape").size() > 1 ? Kind.VECTOR : Kind.NUMBER;
    }

    /**
     * Each task has other outputs, or others of their shapes.
     *
     * @param numbers the output that the others derive from
     * @param dimensions of that output
     */
    private static Task task(Set<String> outputs, String numbers, int dimensions, String source)
            throws CommandException {
        return switch (numbers) {
            case "prediction" -> outputs.contains("class") ? Task.BINARY : Task.REGRESSION;
            case "score" -> Task.MARGIN;
            case "box" -> Task.BOX;
            case "probabilities" -> {
                if (outputs.contains("mask")) {
                    yield Task.MASK;
                }
                yield dimensions == 3 ? Task.SEQUENCE : Task.MULTICLASS;
            }
            default -> throw new CommandException(source + ": output " + numbers + " (expected: a Freshet server)");
        };
    }

    private static List<String> classes(JsonNode properties) throws CommandException {
        String names = properties.path("labels").asText();
        try {
            return names.isEmpty() ? List.of() : Arrays.asList(new ObjectMapper().readValue(names, String[].class));
        } catch (JsonProcessingException e) {
            throw new CommandException("labels: " + names + " (expected: a JSON array)", e);
        }
    }
}
