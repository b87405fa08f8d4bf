package io.freshet.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.freshet.cli.input.JsonPaths.Field;
import io.freshet.cli.input.JsonPaths.Node;
import io.freshet.learning.features.BadSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.CharConversionException;
import java.io.IOException;
import java.util.Map;

/**
 * Rows of JSON lines: one object a line, its fields by name, those of nested objects by a dotted path.
 *
 * <p>A name with dots at the top wins over a path. True and false are the numbers 1 and 0; a number or a boolean that
 * is asked for as a text is taken by its JSON text, an array as its words between spaces; null is as good as absent. A
 * vector is an array of numbers, or, if it is named by a prefix, numbers under the keys {@code pixel0}, {@code pixel1} and
 * so on. What is not asked for is skipped.
 */
final class JsonRowReader implements RowReader {
    private static final int MAXIMUM_DEPTH = 64;

    private final InputFile input;
    private final LineReader lines;
    private final JsonPaths paths;
    private final JsonFactory json = JsonFactory.builder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAXIMUM_DEPTH)
                    .maxStringLength(MAXIMUM_LENGTH)
                    .build())
            .build();
    private boolean ahead;
    private long row;

    JsonRowReader(InputFile input, RowLayout layout) throws InputException {
        this.input = input;
        lines = new LineReader(input);
        paths = new JsonPaths(layout);
        ahead = lines.next();
        if (!ahead) {
            throw new InputException(input.file(), "no rows (expected: a JSON object on each line)");
        }
    }

    @Override
    public boolean next(Row target) throws BadSampleException, IOException {
        if (!ahead && !lines.next()) {
            return false;
        }
        ahead = false;
        row++;
        if (lines.tooLong()) {
            throw BadSampleException.of("row", "too long", "up to " + MAXIMUM_LENGTH + " bytes");
        }
        target.clear();
        paths.columns().forEach(JsonColumns::clear);
        try (JsonParser parser = json.createParser(lines.bytes(), 0, lines.length())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw BadSampleException.of("row", Shown.of(raw()), "a JSON object");
            }
            readObject(parser, paths.root(), true, target);
            if (parser.nextToken() != null) {
                throw BadSampleException.of("row", "more behind the object", "one JSON object a line");
            }
            for (JsonColumns columns : paths.columns()) {
                columns.finish(target);
            }
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : ", column " + e.getLocation().getColumnNr();
            throw BadSampleException.of("row" + where, e.getOriginalMessage(), "a JSON object");
        } catch (CharConversionException e) {
            throw BadSampleException.of("row", Shown.of(raw()), "a JSON object in UTF-8");
        }
        return true;
    }

    private void readObject(JsonParser parser, Node node, boolean top, Row target)
            throws BadSampleException, IOException {
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            Field whole = top ? paths.whole(name) : null;
            Node child = node.child(name);
            if (whole != null) {
                whole.wholeInRow = row;
                take(parser, token, whole, target);
            } else if (child == null) {
                if (!takeNumbered(parser, token, node, name)) {
                    parser.skipChildren();
                }
            } else if (token == JsonToken.START_OBJECT) {
                readObject(parser, child, false, target);
            } else {
                Field nested = child.field();
                if (nested == null || nested.wholeInRow == row) {
                    parser.skipChildren();
                } else {
                    take(parser, token, nested, target);
                }
            }
        }
    }

    /** Takes a number of a vector that stands under a key of its own; returns false if it is none. */
    private static boolean takeNumbered(JsonParser parser, JsonToken token, Node node, String name)
            throws BadSampleException, IOException {
        if (!node.prefixes().isEmpty()) {
            for (Map.Entry<String, JsonColumns> entry : node.prefixes().entrySet()) {
                int number = NumberedName.numberOf(name, entry.getKey());
                if (number >= 0) {
                    JsonColumns vector = entry.getValue();
                    boolean absent = token == JsonToken.VALUE_NULL;
                    vector.take(number, absent ? Float.NaN : element(parser, token, vector.prefix() + number));
                    return true;
                }
            }
        }
        return false;
    }

    private static void take(JsonParser parser, JsonToken token, Field field, Row target)
            throws BadSampleException, IOException {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (field.vector >= 0 && token == JsonToken.START_ARRAY) {
            readVector(parser, field, target);
            return;
        }
        if (field.vector >= 0 && field.number < 0 && field.text < 0) {
            throw BadSampleException.of(field.name, shown(parser, token), "an array of numbers");
        }
        if (field.number >= 0) {
            target.number(field.number, number(parser, token, field.name));
        }
        if (field.text >= 0) {
            if (token == JsonToken.START_ARRAY) {
                target.copyText(field.text, words(parser, field));
                return;
            }
            if (!token.isScalarValue()) {
                throw BadSampleException.of(field.name, structure(token), "a text");
            }
            target.copyText(field.text, parser.getText());
        }
    }

    private static void readVector(JsonParser parser, Field field, Row target) throws BadSampleException, IOException {
        int length = 0;
        target.vector(field.vector, 0);
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            float value = numeric(token) ? (float) parser.getDoubleValue() : Float.NaN;
            if (!(Math.abs(value) <= Float.MAX_VALUE)) {
                value = element(parser, token, field.name + "[" + length + "]");
            }
            target.vector(field.vector, length + 1)[length] = value;
            length++;
        }
    }

    /** Returns the words of an array, between spaces. */
    private static String words(JsonParser parser, Field field) throws BadSampleException, IOException {
        StringBuilder words = new StringBuilder();
        int count = 0;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            String word = token.isScalarValue() && token != JsonToken.VALUE_NULL ? parser.getText() : "";
            if (word.isEmpty() || word.indexOf(' ') >= 0) {
                String shown = token == JsonToken.VALUE_STRING ? "\"" + Shown.start(word) + "\"" : shown(parser, token);
                throw BadSampleException.of(field.name + "[" + count + "]", shown, "a word without spaces");
            }
            words.append(count++ == 0 ? "" : " ").append(word);
        }
        return words.toString();
    }

    private static boolean numeric(JsonToken token) {
        return token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
    }

    /** Returns a number of a vector. */
    private static float element(JsonParser parser, JsonToken token, String name)
            throws BadSampleException, IOException {
        float value = (float) number(parser, token, name);
        if (Math.abs(value) <= Float.MAX_VALUE) {
            return value;
        }
        throw BadSampleException.of(name, Shown.of(parser.getText()), "a number");
    }

    private static double number(JsonParser parser, JsonToken token, String name)
            throws BadSampleException, IOException {
        double value = switch (token) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> 1;
            case VALUE_FALSE -> 0;
            default -> Double.NaN;
        };
        if (Math.abs(value) <= Double.MAX_VALUE) {
            return value;
        }
        String shown = shown(parser, token);
        throw BadSampleException.of(name, token == JsonToken.VALUE_STRING ? "\"" + shown + "\"" : shown, "a number");
    }

    private static String shown(JsonParser parser, JsonToken token) throws IOException {
        return token.isScalarValue() ? Shown.of(parser.getText()) : structure(token);
    }

    private static String structure(JsonToken token) {
        return token == JsonToken.START_ARRAY ? "an array" : "an object";
    }

    @Override
    public long row() {
        return row;
    }

    @Override
    public String raw() {
        return new String(lines.bytes(), 0, lines.length(), UTF_8);
    }

    @Override
    public long bytesRead() {
        return input.bytesRead();
    }

    @Override
    public long size() {
        return input.size();
    }

    @Override
    public void close() throws IOException {
        input.close();
    }
}
