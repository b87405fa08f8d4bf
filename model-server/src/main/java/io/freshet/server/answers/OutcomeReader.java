package io.freshet.server.answers;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.learning.yaml.NameSuggestion;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.OutcomeJson;
import io.freshet.schemas.loop.OutcomeRecord;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.body.StrictJson;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one outcome, {@code {"id": "r1/0", "value": 1}}, or several, {@code {"outcomes": [...]}}. A field that is none of an outcome
 * makes it invalid, since it may be one that was misspelled. Thread-safe.
 */
final class OutcomeReader {
    private static final String OUTCOMES = "outcomes";
    private static final String EXPECTED =
            "an outcome, such as {\"id\": \"r1/0\", \"value\": 1}, or {\"outcomes\": [...]}";

    private final int maximumRows;

    OutcomeReader(int maximumRows) {
        this.maximumRows = maximumRows;
    }

    /**
     * One outcome of a request.
     *
     * @param outcome null if it is invalid
     * @param problem why it is, or ""
     */
    record Read(@Nullable OutcomeRecord outcome, String problem) {
        OutcomeRecord require() throws RequestException {
            if (outcome == null) {
                throw RequestException.bad(problem);
            }
            return outcome;
        }
    }

    /**
     * @param exposure name of the field by which the model knows that an answer was shown, or null
     * @throws RequestException if the body is neither an outcome nor a list of objects
     */
    List<Read> read(Buffer body, @Nullable String exposure) throws RequestException {
        List<String> known = new ArrayList<>(OutcomeRecord.FIELDS);
        if (exposure != null) {
            known.add(exposure);
        }
        try {
            boolean several = isList(body);
            try (JsonParser parser = StrictJson.parser(body)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw RequestException.bad("body: no JSON object (expected: " + EXPECTED + ")");
                }
                List<Read> outcomes = several ? list(parser, known) : List.of(outcome(parser, known));
                if (parser.nextToken() != null) {
                    throw RequestException.bad("body: trailing content (expected: one JSON object)");
                }
                return outcomes;
            }
        } catch (IOException e) {
            throw StrictJson.malformed(e);
        }
    }

    /** Returns whether the first field is the list. */
    private static boolean isList(Buffer body) throws IOException {
        try (JsonParser parser = StrictJson.parser(body)) {
            return parser.nextToken() == JsonToken.START_OBJECT
                    && parser.nextToken() == JsonToken.FIELD_NAME
                    && parser.currentName().equals(OUTCOMES);
        }
    }

    private List<Read> list(JsonParser parser, List<String> known) throws IOException, RequestException {
        parser.nextToken();
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            throw RequestException.bad(OUTCOMES, "no array", "an array of outcomes");
        }
        List<Read> outcomes = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (outcomes.size() == maximumRows) {
                throw RequestException.bad(OUTCOMES, "more than " + maximumRows, "1 to " + maximumRows);
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw RequestException.bad(OUTCOMES + "[" + outcomes.size() + "]", "no object", "an outcome");
            }
            outcomes.add(outcome(parser, known));
        }
        if (outcomes.isEmpty()) {
            throw RequestException.bad(OUTCOMES, "empty", "1 to " + maximumRows);
        }
        if (parser.nextToken() != JsonToken.END_OBJECT) {
            throw RequestException.bad(
                    "body", RequestExcerpt.name(String.valueOf(parser.currentName())), "nothing beside " + OUTCOMES);
        }
        return outcomes;
    }

    private static Read outcome(JsonParser parser, List<String> known) throws IOException {
        try {
            return new Read(OutcomeJson.read(parser, name -> requireKnown(name, known)), "");
        } catch (MalformedRecordException e) {
            return new Read(null, String.valueOf(e.getMessage()));
        }
    }

    private static void requireKnown(String name, List<String> known) throws MalformedRecordException {
        if (!known.contains(name)) {
            throw new MalformedRecordException("field: " + RequestExcerpt.name(name) + " (expected: "
                    + NameSuggestion.of(name, known)
                            .map(similar -> similar + "?")
                            .orElseGet(() -> "one of " + String.join(", ", known))
                    + ")");
        }
    }
}
