package io.freshet.server.body;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.freshet.schemas.sample.ParserMessage;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the server reads JSON: in UTF-8, without repeated fields, and nested to a limit. Thread-safe.
 *
 * <p>Jackson's reader of bytes also accepts overlong characters, surrogates, code points beyond U+10FFFF, and UTF-16. Java's decoder
 * does not.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259#section-8.1">RFC 8259, section 8.1</a>
 */
public final class StrictJson {
    private static final int MAXIMUM_DEPTH = 64;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAXIMUM_DEPTH)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .build();

    private StrictJson() {}

    /** A number as sent. */
    public static final class SentNumber extends Number {
        private static final long serialVersionUID = 1;
        private final String text;

        SentNumber(String text) {
            this.text = text;
        }

        @Override
        public int intValue() {
            return (int) doubleValue();
        }

        @Override
        public long longValue() {
            return (long) doubleValue();
        }

        @Override
        public float floatValue() {
            return (float) doubleValue();
        }

        @Override
        public double doubleValue() {
            return Double.parseDouble(text);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** Returns a parser, whose exceptions {@link #malformed} explains. */
    public static JsonParser parser(Buffer json) throws IOException {
        return FACTORY.createParser(new InputStreamReader(new BufferStream(json), StandardCharsets.UTF_8.newDecoder()));
    }

    /** Returns what is wrong with JSON. */
    public static RequestException malformed(IOException e) {
        if (e instanceof JsonProcessingException syntax) {
            return RequestException.bad(
                    "body: " + location(syntax) + RequestExcerpt.name(ParserMessage.of(syntax)) + " (expected: JSON)");
        }
        String problem = e instanceof CharacterCodingException
                ? "not UTF-8"
                : RequestExcerpt.name(String.valueOf(e.getMessage()));
        return RequestException.bad("body: " + problem + " (expected: JSON in UTF-8)");
    }

    private static String location(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : "line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ": ";
    }

    /**
     * Returns an object that contains texts, booleans, nulls, numbers as sent, and objects of these.
     *
     * @throws RequestException if the body is not such an object
     */
    public static Map<String, @Nullable Object> object(Buffer body) throws RequestException {
        try (JsonParser parser = parser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw RequestException.bad("body: no JSON object (expected: {} or nothing)");
            }
            Map<String, @Nullable Object> object = object(parser);
            if (parser.nextToken() != null) {
                throw RequestException.bad("body: trailing content (expected: one JSON object)");
            }
            return object;
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException, RequestException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            object.put(name, value(parser, parser.nextToken(), name));
        }
        return object;
    }

    private static @Nullable Object value(JsonParser parser, JsonToken token, String name)
            throws IOException, RequestException {
        return switch (token) {
            case START_OBJECT -> object(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new SentNumber(parser.getText());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw RequestException.bad(RequestExcerpt.name(name), "an array", "another value");
        };
    }
}
