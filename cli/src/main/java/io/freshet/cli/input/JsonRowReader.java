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

/**
 * Rows of JSON lines: one object a line, its fields by name, those of nested objects by a dotted path.
 *
 * <p>A name with dots at the top wins over a path. True and false are the numbers 1 and 0; a number or a boolean that
 * is asked for as a text is taken by its JSON text; null is as good as absent. What is not asked for is skipped.
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
        try (JsonParser parser = json.createParser(lines.bytes(), 0, lines.length())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw BadSampleException.of("row", Shown.of(raw()), "a JSON object");
            }
            readObject(parser, paths.root(), true, target);
            if (parser.nextToken() != null) {
                throw BadSampleException.of("row", "more behind the object", "one JSON object a line");
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
                parser.skipChildren();
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

    private static void take(JsonParser parser, JsonToken token, Field field, Row target)
            throws BadSampleException, IOException {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (field.number >= 0) {
            target.number(field.number, number(parser, token, field.name));
        }
        if (field.text >= 0) {
            if (!token.isScalarValue()) {
                throw BadSampleException.of(field.name, structure(token), "a text");
            }
            target.copyText(field.text, parser.getText());
        }
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
        String shown = token.isScalarValue() ? Shown.of(parser.getText()) : structure(token);
        throw BadSampleException.of(name, token == JsonToken.VALUE_STRING ? "\"" + shown + "\"" : shown, "a number");
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
