package io.freshet.schemas.loop;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.Excerpt;
import io.freshet.schemas.sample.ParserMessage;
import io.freshet.schemas.sample.TimestampText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes outcomes as JSON: {@code {"model":"ctr","id":"r1/0","outcome_id":"o7","value":1,"time":1767225600000}}.
 *
 * <p>A value is a finite number, true or false, or a text; null for none. A time is a whole number of milliseconds, or an ISO
 * 8601 text with an offset. Of other fields, only those that are true or 1 count, also as texts, as exposures. Thread-safe.
 */
public final class OutcomeJson {
    private static final int MAXIMUM_DEPTH = 64;
    private static final int MAXIMUM_TEXT = 1 << 20;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAXIMUM_DEPTH)
                    .maxStringLength(MAXIMUM_TEXT)
                    .maxNameLength(OutcomeRecord.LONGEST_TEXT)
                    .build())
            .build();

    private OutcomeJson() {}

    /** Receives the name of each field that is not one of an outcome. */
    @FunctionalInterface
    public interface OtherFields {
        OtherFields ALLOWED = name -> {};

        /** @throws MalformedRecordException if there must be none of this name */
        void accept(String name) throws MalformedRecordException;
    }

    /** @throws MalformedRecordException if the bytes are not one valid outcome; names the field */
    public static OutcomeRecord read(byte[] value) throws MalformedRecordException {
        try (JsonParser parser = JSON.createParser(value)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedRecordException(
                        "value: no JSON object (expected: an outcome, such as" + " {\"id\": \"r1/0\", \"value\": 1})");
            }
            OutcomeRecord outcome = read(parser, OtherFields.ALLOWED);
            if (parser.nextToken() != null) {
                throw new MalformedRecordException("value: more after the object (expected: one JSON object)");
            }
            return outcome;
        } catch (JsonProcessingException e) {
            throw new MalformedRecordException("value: " + ParserMessage.of(e) + " (expected: a JSON object)");
        } catch (IOException e) {
            // The bytes are in memory, so this is an invalid encoding, not a failed read.
            throw new MalformedRecordException("value: " + e.getMessage() + " (expected: a JSON object in UTF-8)");
        }
    }

    /**
     * Reads the object that a parser has just entered, to its end, also if a field is invalid.
     *
     * @throws MalformedRecordException naming the first field that is invalid, after the object is read
     */
    public static OutcomeRecord read(JsonParser parser, OtherFields others)
            throws IOException, MalformedRecordException {
        Fields fields = new Fields();
        MalformedRecordException fault = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            try {
                fields.read(name, token, parser, others);
            } catch (MalformedRecordException e) {
                fault = fault == null ? e : fault;
            }
            parser.skipChildren();
        }
        if (fault != null) {
            throw fault;
        }
        return fields.outcome();
    }

    /** The fields of one object so far. */
    private static final class Fields {
        private @Nullable String model;
        private @Nullable String id;
        private @Nullable String outcomeId;
        private @Nullable OutcomeValue value;
        private @Nullable Long time;
        private final Set<String> exposures = new LinkedHashSet<>();

        void read(String name, JsonToken token, JsonParser parser, OtherFields others)
                throws IOException, MalformedRecordException {
            switch (name) {
                case OutcomeRecord.MODEL -> model = text(name, token, parser);
                case OutcomeRecord.ID -> id = text(name, token, parser);
                case OutcomeRecord.OUTCOME_ID -> outcomeId = text(name, token, parser);
                case OutcomeRecord.VALUE -> value = value(token, parser);
                case OutcomeRecord.TIME -> time = time(token, parser);
                default -> {
                    others.accept(name);
                    if (isTrue(token, parser)) {
                        exposures.add(name);
                    }
                }
            }
        }

        OutcomeRecord outcome() throws MalformedRecordException {
            if (id == null) {
                throw new MalformedRecordException(
                        "id: missing (expected: a text of 1 to " + OutcomeRecord.LONGEST_TEXT + " bytes of UTF-8)");
            }
            return new OutcomeRecord(model, id, outcomeId, value, time, exposures);
        }
    }

    private static @Nullable String text(String name, JsonToken token, JsonParser parser)
            throws IOException, MalformedRecordException {
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token != JsonToken.VALUE_STRING) {
            throw invalid(name, excerpt(token, parser), "a text");
        }
        return OutcomeRecord.requireId(name, parser.getText());
    }

    private static @Nullable OutcomeValue value(JsonToken token, JsonParser parser)
            throws IOException, MalformedRecordException {
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> OutcomeValue.Number.of(1, "true");
            case VALUE_FALSE -> OutcomeValue.Number.of(0, "false");
            case VALUE_STRING -> new OutcomeValue.Name(OutcomeRecord.requireId(OutcomeRecord.VALUE, parser.getText()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                double number = parser.getDoubleValue();
                if (!Double.isFinite(number)) {
                    throw invalid(OutcomeRecord.VALUE, excerpt(token, parser), "a finite number");
                }
                yield OutcomeValue.Number.of(number, parser.getText());
            }
            default ->
                throw invalid(
                        OutcomeRecord.VALUE, excerpt(token, parser), "a number, true, false, or the name of a class");
        };
    }

    private static @Nullable Long time(JsonToken token, JsonParser parser)
            throws IOException, MalformedRecordException {
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_STRING -> OutcomeRecord.requireTime(TimestampText.millis(OutcomeRecord.TIME, parser.getText()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                double millis = parser.getDoubleValue();
                if (millis != Math.rint(millis)) {
                    throw invalid(OutcomeRecord.TIME, excerpt(token, parser), TimestampText.EXPECTED);
                }
                // Larger ones saturate, and are out of range.
                yield OutcomeRecord.requireTime((long) millis);
            }
            default -> throw invalid(OutcomeRecord.TIME, excerpt(token, parser), TimestampText.EXPECTED);
        };
    }

    private static boolean isTrue(JsonToken token, JsonParser parser) throws IOException {
        return switch (token) {
            case VALUE_TRUE, VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                OutcomeRecord.isTrue(parser.getText());
            default -> false;
        };
    }

    private static MalformedRecordException invalid(String field, String value, String expected) {
        return new MalformedRecordException(field + ": " + value + " (expected: " + expected + ")");
    }

    private static String excerpt(JsonToken token, JsonParser parser) throws IOException {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            default -> Excerpt.of(parser.getText());
        };
    }

    /**
     * Returns the value of a record that the join accepts.
     *
     * @throws MalformedRecordException if it would be too large, which only texts of characters with escapes are
     */
    public static byte[] record(OutcomeRecord outcome) throws MalformedRecordException {
        byte[] value = write(outcome);
        OutcomeRecord.requireSize(value.length + outcome.key().length);
        return value;
    }

    /** Returns an outcome that {@link #read(byte[])} returns again. Fields that it lacks are absent. */
    public static byte[] write(OutcomeRecord outcome) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (JsonGenerator to = JSON.createGenerator(bytes)) {
            write(outcome, to);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void write(OutcomeRecord outcome, JsonGenerator to) throws IOException {
        to.writeStartObject();
        writeText(OutcomeRecord.MODEL, outcome.model(), to);
        writeText(OutcomeRecord.ID, outcome.id(), to);
        writeText(OutcomeRecord.OUTCOME_ID, outcome.outcomeId(), to);
        if (outcome.value() instanceof OutcomeValue.Number number) {
            to.writeFieldName(OutcomeRecord.VALUE);
            to.writeRawValue(number.json());
        } else if (outcome.value() != null) {
            to.writeStringField(OutcomeRecord.VALUE, outcome.value().text());
        }
        if (outcome.time() != null) {
            to.writeNumberField(OutcomeRecord.TIME, outcome.time());
        }
        for (String name : outcome.exposures()) {
            to.writeBooleanField(name, true);
        }
        to.writeEndObject();
    }

    private static void writeText(String name, @Nullable String text, JsonGenerator to) throws IOException {
        if (text != null) {
            to.writeStringField(name, text);
        }
    }
}
