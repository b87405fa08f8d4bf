package io.freshet.cli.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.console.CommandException;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A row that a server answered, as it logged it.
 *
 * @param key value of the model's key field, or ""
 * @param time when it was predicted, milliseconds since 1970, UTC
 * @param eventTime of the request, milliseconds since 1970, UTC
 * @param parent model that predicted it, since the key had no parameters; null for {@code model}
 * @param version that predicted it
 * @param log the whole record
 * @param loggedAt timestamp of the record
 */
record LoggedAnswer(
        String model,
        String key,
        @Nullable String parent,
        long time,
        long eventTime,
        long version,
        JsonNode log,
        long loggedAt) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> PREDICTIONS = List.of("prediction", "score", "probabilities", "box");

    /**
     * Reads a record of the answer log.
     *
     * @throws CommandException if it is none
     */
    static LoggedAnswer read(ConsumerRecord<byte[], byte[]> record) throws CommandException {
        JsonNode log = parse(record);
        if (!log.path("model").isTextual() || !log.path("version").isIntegralNumber()) {
            throw malformed(record, "no model and version");
        }
        long time = log.path("time").asLong(record.timestamp());
        return new LoggedAnswer(
                log.path("model").asText(),
                log.path("key").isTextual() ? log.path("key").asText() : "",
                log.path("parent").isTextual() ? log.path("parent").asText() : null,
                time,
                log.path("event_time").asLong(time),
                log.path("version").asLong(),
                log,
                record.timestamp());
    }

    private static JsonNode parse(ConsumerRecord<byte[], byte[]> record) throws CommandException {
        try {
            JsonNode parsed = record.value() == null ? null : JSON.readTree(record.value());
            if (parsed != null && parsed.isObject()) {
                return parsed;
            }
            throw malformed(record, "no JSON object");
        } catch (JsonProcessingException e) {
            throw malformed(record, e.getOriginalMessage());
        } catch (IOException e) {
            throw malformed(record, String.valueOf(e.getMessage()));
        }
    }

    private static CommandException malformed(ConsumerRecord<byte[], byte[]> record, String problem) {
        return new CommandException("topic " + record.topic() + ", partition " + record.partition() + ", offset "
                + record.offset() + ": " + problem + " (expected: an answer that a server logged)");
    }

    /** Returns the model whose parameters predicted the row. */
    String predictedBy() {
        return parent == null ? model : parent;
    }

    /** Returns the key of these parameters, or "". */
    String predictedKey() {
        return parent == null ? key : "";
    }

    boolean isShadow() {
        return log.path("shadow").asBoolean();
    }

    /** Returns whether the log has the inputs of the row. */
    boolean hasFields() {
        return log.path("fields").isObject();
    }

    /** Returns the inputs as a JSON object, with the key under the name of its field, if it has one. */
    byte[] inputs(@Nullable String keyField) throws IOException {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        fields.setAll((ObjectNode) log.path("fields"));
        if (keyField != null && !fields.has(keyField)) {
            fields.put(keyField, key);
        }
        return JSON.writeValueAsBytes(fields);
    }

    /** Returns the predicted numbers as logged; empty if there are none. */
    float[] prediction() {
        for (String name : PREDICTIONS) {
            JsonNode value = log.path("outputs").path(name);
            if (value.isNumber()) {
                return new float[] {value.floatValue()};
            }
            if (value.isArray()) {
                float[] numbers = new float[value.size()];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = value.get(i).floatValue();
                }
                return numbers;
            }
        }
        return new float[0];
    }

    /** Returns a text of the log; null if it has none. */
    @Nullable String text(String name) {
        JsonNode value = log.path(name);
        return value.isMissingNode() || value.isNull() ? null : value.asText();
    }
}
