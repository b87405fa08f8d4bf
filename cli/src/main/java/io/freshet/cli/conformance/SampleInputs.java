package io.freshet.cli.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Inputs that fit the metadata of a model: one row of zeros and short texts. */
final class SampleInputs {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT = "a";

    private final Map<String, String> texts;

    /** @param texts values of text inputs, by name; the others are {@value #TEXT} */
    SampleInputs(Map<String, String> texts) {
        this.texts = Map.copyOf(texts);
    }

    /** Returns the value of a text input. */
    String text(JsonNode tensor) {
        return texts.getOrDefault(tensor.path("name").asText(), TEXT);
    }

    /** Returns a dimension for each of a tensor; those of any size are 1. */
    static List<Long> shape(JsonNode tensor) {
        List<Long> shape = new ArrayList<>();
        tensor.path("shape").forEach(size -> shape.add(Math.max(1, size.asLong())));
        return shape;
    }

    static int values(JsonNode tensor) {
        return (int) shape(tensor).stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    }

    /** Returns a request with JSON values for all inputs of the metadata. */
    ObjectNode request(JsonNode metadata) {
        ObjectNode request = JSON.createObjectNode();
        ArrayNode inputs = request.putArray("inputs");
        for (JsonNode tensor : metadata.path("inputs")) {
            ObjectNode input = inputs.addObject()
                    .put("name", tensor.path("name").asText())
                    .put("datatype", tensor.path("datatype").asText());
            ArrayNode shape = input.putArray("shape");
            shape(tensor).forEach(shape::add);
            ArrayNode data = input.putArray("data");
            for (int i = 0; i < values(tensor); i++) {
                switch (tensor.path("datatype").asText()) {
                    case "BYTES" -> data.add(text(tensor));
                    case "BOOL" -> data.add(false);
                    default -> data.add(0);
                }
            }
        }
        return request;
    }
}
