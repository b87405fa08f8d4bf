package io.freshet.job.join.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.OutcomeRecord;
import io.freshet.schemas.sample.ParserMessage;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The top level of an answer that a server has logged. Fields and outputs are ranges of the record, for other readers. */
final class AnswerHeader {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxStringLength(1 << 20)
                    .maxNameLength(1 << 11)
                    .build())
            .build();
    private static final long MISSING = Long.MIN_VALUE;

    private final byte[] record;
    private @Nullable String id;
    private @Nullable String model;
    private @Nullable String key;
    private @Nullable String keyField;
    private @Nullable String outcomeHash;
    private @Nullable String versionLabel;
    private long time = MISSING;
    private long eventTime = MISSING;
    private long ageMillis = MISSING;
    private boolean shadow;
    private byte @Nullable [] fields;
    private byte @Nullable [] outputs;

    private AnswerHeader(byte[] record) {
        this.record = record;
    }

    /** @throws MalformedRecordException if the record is no answer; names the field */
    static AnswerHeader read(byte[] record) throws MalformedRecordException {
        AnswerHeader header = new AnswerHeader(record);
        header.read(false);
        return header;
    }

    /** Returns only the event time of an answer. */
    static long time(byte[] record) throws MalformedRecordException {
        AnswerHeader header = new AnswerHeader(record);
        header.read(true);
        return header.eventTime();
    }

    private void read(boolean onlyTime) throws MalformedRecordException {
        try (JsonParser parser = JSON.createParser(record)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedRecordException("value: no JSON object (expected: an answer)");
            }
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken token = parser.nextToken();
                if (token == JsonToken.VALUE_NULL) {
                    continue;
                }
                switch (name) {
                    case "time" -> time = whole(name, parser);
                    case "event_time" -> eventTime = whole(name, parser);
                    default -> {
                        if (onlyTime) {
                            parser.skipChildren();
                        } else {
                            readOther(name, token, parser);
                        }
                    }
                }
            }
            if (parser.nextToken() != null) {
                throw new MalformedRecordException("value: more after the object (expected: one JSON object)");
            }
        } catch (JsonProcessingException e) {
            throw new MalformedRecordException("value: " + ParserMessage.of(e) + " (expected: a JSON object)");
        } catch (IOException e) {
            // The bytes are in memory, so this is an invalid encoding, not a failed read.
            throw new MalformedRecordException("value: " + e.getMessage() + " (expected: a JSON object in UTF-8)");
        }
    }

    private void readOther(String name, JsonToken token, JsonParser parser)
            throws IOException, MalformedRecordException {
        switch (name) {
            case "id" -> id = OutcomeRecord.requireId(name, text(name, token, parser));
            case "model" -> model = text(name, token, parser);
            case "key" -> key = text(name, token, parser);
            case "key_field" -> keyField = text(name, token, parser);
            case "outcome_hash" -> outcomeHash = text(name, token, parser);
            case "version_label" -> versionLabel = text(name, token, parser);
            case "age_millis" -> ageMillis = whole(name, parser);
            case "shadow" -> shadow = token == JsonToken.VALUE_TRUE;
            case "fields" -> fields = object(name, token, parser);
            case "outputs" -> outputs = object(name, token, parser);
            default -> parser.skipChildren();
        }
    }

    private static String text(String name, JsonToken token, JsonParser parser)
            throws IOException, MalformedRecordException {
        if (token != JsonToken.VALUE_STRING) {
            throw new MalformedRecordException(name + ": no text (expected: a text)");
        }
        return parser.getText();
    }

    private static long whole(String name, JsonParser parser) throws IOException, MalformedRecordException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw new MalformedRecordException(name + ": no whole number (expected: milliseconds)");
        }
        return parser.getLongValue();
    }

    private byte[] object(String name, JsonToken token, JsonParser parser)
            throws IOException, MalformedRecordException {
        if (token != JsonToken.START_OBJECT) {
            throw new MalformedRecordException(name + ": no object (expected: an object of named values)");
        }
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        return Arrays.copyOfRange(
                record, from, (int) parser.currentTokenLocation().getByteOffset() + 1);
    }

    String id() throws MalformedRecordException {
        return require("id", id);
    }

    String model() throws MalformedRecordException {
        return require("model", model);
    }

    /** Returns the value of {@link #keyField}; null if there is none. */
    @Nullable String key() {
        return key;
    }

    /** Returns the key field of the specification that answered; null without one, or if the answer does not name it. */
    @Nullable String keyField() {
        return keyField;
    }

    /** Returns the {@link ModelSpec#outcomeHash} of the specification that answered; null if the answer has none. */
    @Nullable String outcomeHash() {
        return outcomeHash;
    }

    @Nullable String versionLabel() {
        return versionLabel;
    }

    long eventTime() throws MalformedRecordException {
        long result = eventTime == MISSING ? time : eventTime;
        if (result == MISSING) {
            throw new MalformedRecordException("time: missing (expected: milliseconds since 1970)");
        }
        return JoinTiming.requireInRange(eventTime == MISSING ? "time" : "event_time", result);
    }

    /** @return the age of the parameters, or {@code unknown} */
    long ageMillis(long unknown) {
        return ageMillis == MISSING ? unknown : ageMillis;
    }

    boolean isShadow() {
        return shadow;
    }

    /** Returns the JSON object of the request's fields. */
    byte[] fields() throws MalformedRecordException {
        if (fields == null) {
            throw new MalformedRecordException(
                    "fields: missing (expected: the fields of the request, which a server logs with"
                            + " --log-answers-fields)");
        }
        return fields;
    }

    /** Returns the JSON object of the outputs; null if there is none. */
    byte @Nullable [] outputs() {
        return outputs;
    }

    private static String require(String name, @Nullable String value) throws MalformedRecordException {
        if (value == null) {
            throw new MalformedRecordException(name + ": missing (expected: a text)");
        }
        return value;
    }
}
