package io.freshet.cli.predict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.freshet.cli.console.CommandException;
import io.freshet.learning.loss.Task;
import io.freshet.learning.yaml.Plural;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A server's prediction of a row.
 *
 * @param numbers of the prediction; empty for a row with an error
 * @param error why there is no prediction, or ""
 */
record ServedRow(float[] numbers, PredictionSource source, String error) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PredictionSource NO_SOURCE = new PredictionSource(null, null, List.of());
    private static final JsonNode MISSING = MissingNode.getInstance();

    /** @throws CommandException if the response does not have the outputs of each row */
    static List<ServedRow> of(JsonNode response, RemoteModel model, int rows) throws CommandException {
        Map<String, JsonNode> outputs = new LinkedHashMap<>();
        for (JsonNode output : response.path("outputs")) {
            JsonNode data = output.path("data");
            if (data.size() % rows != 0 || data.isEmpty()) {
                throw new CommandException(output.path("name").asText() + ": " + Plural.of(data.size(), "value")
                        + " (expected: the same number for each of " + Plural.of(rows, "row") + ")");
            }
            outputs.put(output.path("name").asText(), data);
        }
        JsonNode numbers = outputs.get(model.numbers());
        if (numbers == null) {
            throw new CommandException("outputs: " + outputs.keySet() + " (expected: also " + model.numbers() + ")");
        }
        List<ServedRow> result = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            String error = outputs.getOrDefault("error", MISSING).path(row).asText();
            result.add(
                    error.isEmpty()
                            ? new ServedRow(
                                    numbers(numbers, row, length(outputs, model, row, rows), rows),
                                    source(response, outputs, row, rows),
                                    "")
                            : new ServedRow(new float[0], NO_SOURCE, error));
        }
        return result;
    }

    private static float[] numbers(JsonNode data, int row, int length, int rows) {
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = data.get(row * (data.size() / rows) + i).floatValue();
        }
        return numbers;
    }

    /** Returns the count of a row's numbers. The class -1 marks the padding of a sequence. */
    private static int length(Map<String, JsonNode> outputs, RemoteModel model, int row, int rows) {
        int padded = outputs.getOrDefault(model.numbers(), MISSING).size() / rows;
        if (model.shape().task() != Task.SEQUENCE) {
            return padded;
        }
        JsonNode classes = outputs.getOrDefault("class", MISSING);
        int width = classes.size() / rows;
        int steps = 0;
        while (steps < width && classes.get(row * width + steps).asInt() >= 0) {
            steps++;
        }
        return steps * model.shape().outputs().size();
    }

    /** A model without a key has one version for all rows. */
    private static PredictionSource source(JsonNode response, Map<String, JsonNode> outputs, int row, int rows)
            throws CommandException {
        JsonNode version = outputs.getOrDefault("version", MISSING).path(row);
        JsonNode ofAll = response.path("model_version");
        JsonNode age = outputs.containsKey("age_seconds")
                ? outputs.getOrDefault("age_seconds", MISSING).path(row)
                : response.path("parameters").path("age_seconds");
        return new PredictionSource(
                version.isNumber() ? (Long) version.asLong() : ofAll.isTextual() ? (Long) ofAll.asLong() : null,
                age.isNumber() ? (Double) age.asDouble() : null,
                contributions(outputs.getOrDefault("contributions", MISSING), row, rows));
    }

    /** Each explanation is a text with a JSON object. */
    private static List<Map<String, Double>> contributions(JsonNode data, int row, int rows) throws CommandException {
        List<Map<String, Double>> contributions = new ArrayList<>();
        int width = data.size() / rows;
        for (int i = row * width; i < (row + 1) * width; i++) {
            try {
                contributions.add(JSON.readValue(data.get(i).asText(), new TypeReference<>() {}));
            } catch (JsonProcessingException e) {
                throw new CommandException("contributions: " + data.get(i).asText() + " (expected: JSON)", e);
            }
        }
        return contributions;
    }
}
