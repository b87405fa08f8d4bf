package io.freshet.schemas.sample;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.NumberedName;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.OtherFormat;
import io.freshet.schemas.sample.FieldPaths.Field;
import io.freshet.schemas.sample.FieldPaths.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON objects: top-level fields by name, and fields of nested objects by a dotted path.
 *
 * <p>A top-level name that contains dots takes precedence over a path. As a number, true is 1 and false is 0. As a text, a
 * number or boolean is its JSON text, and an array is its words joined by spaces. Null counts as absent. A vector is an array
 * of numbers or, if the layout names it by a prefix, numbers under the keys {@code pixel0}, {@code pixel1}, and so on. A
 * sparse vector is a text of pairs, or an object <code>{"indices": [...], "values": [...]}</code>. Other fields are skipped.
 * Not thread-safe.
 */
public final class JsonDecoder implements RecordDecoder {
    private static final int MAXIMUM_DEPTH = 64;
    private static final int MAXIMUM_TEXT = 1 << 20;

    /** The parser keeps several thousand names of fields. */
    private static final int MAXIMUM_NAME = 2_048;

    private final FieldPaths paths;
    private final RowFiller filler;
    private final JsonValues values;
    private final JsonFactory json = JsonFactory.builder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAXIMUM_DEPTH)
                    .maxStringLength(MAXIMUM_TEXT)
                    .maxNameLength(MAXIMUM_NAME)
                    .build())
            .build();
    private long record;

    public JsonDecoder(RowLayout layout, RecordFields fields) {
        paths = new FieldPaths(layout, fields);
        filler = new RowFiller(paths);
        values = new JsonValues(filler);
    }

    @Override
    public void decode(byte[] value, long timestamp, Row row) throws MalformedRecordException {
        filler.resetNumbering();
        decode(value, value.length, timestamp, row);
    }

    /**
     * Fills a row from one object of a sequence, such as a file. The first object with numbered columns decides whether they
     * count from 0 or from 1.
     *
     * @param bytes the object in the first {@code length} bytes
     */
    public void decode(byte[] bytes, int length, long timestamp, Row row) throws MalformedRecordException {
        record++;
        filler.start(row, length);
        filler.time(timestamp);
        try (JsonParser parser = json.createParser(bytes, 0, length)) {
            try {
                readRecord(parser, bytes, length);
            } catch (JsonProcessingException e) {
                throw new MalformedRecordException("value" + position(e, parser) + ": " + ParserMessage.of(e)
                        + " (expected: a JSON object" + hint(bytes) + ")");
            }
        } catch (IOException e) {
            // The bytes are in memory, so this is an invalid encoding, not a failed read.
            throw new MalformedRecordException(
                    "value: " + e.getMessage() + " (expected: a JSON object in UTF-8" + hint(bytes) + ")");
        }
        filler.finish();
    }

    private void readRecord(JsonParser parser, byte[] bytes, int length) throws MalformedRecordException, IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            String start = new String(bytes, 0, Math.min(length, 100), StandardCharsets.UTF_8);
            throw new MalformedRecordException(
                    "value: " + Excerpt.of(start) + " (expected: a JSON object" + hint(bytes) + ")");
        }
        readObject(parser, paths.root(), true);
        if (parser.nextToken() != null) {
            throw new MalformedRecordException("value: more after the object (expected: one JSON object)");
        }
    }

    private static String hint(byte[] bytes) {
        OtherFormat format = OtherFormat.of(bytes);
        return format == OtherFormat.JSON ? "" : format.hint();
    }

    /** Returns the position of an error: the column, and the path of the last field name read. */
    private static String position(JsonProcessingException e, JsonParser parser) {
        String column =
                e.getLocation() == null ? "" : ", column " + e.getLocation().getColumnNr();
        String pointer = parser.getParsingContext().pathAsPointer().toString();
        return column
                + (pointer.isEmpty()
                        ? ""
                        : ", near " + Excerpt.of(pointer.substring(1).replace('/', '.')));
    }

    private void readObject(JsonParser parser, Node node, boolean top) throws MalformedRecordException, IOException {
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            Node child = node.child(name);
            Field byFullName = top ? paths.byFullName(name, child) : null;
            if (byFullName != null) {
                byFullName.fullNameInRecord = record;
                if (token.isScalarValue()) {
                    // It may also be an element of a vector.
                    readNumbered(parser, token, node, name);
                }
                values.read(parser, token, byFullName);
            } else if (child == null) {
                if (!readNumbered(parser, token, node, name)) {
                    parser.skipChildren();
                }
            } else if (token == JsonToken.START_OBJECT && !child.isLeaf()) {
                readObject(parser, child, false);
            } else {
                Field nested = child.field();
                if (nested == null || nested.fullNameInRecord == record) {
                    parser.skipChildren();
                } else {
                    values.read(parser, token, nested);
                }
            }
        }
    }

    /** Sets an element of a vector if the name is a numbered key; returns whether it is. */
    private boolean readNumbered(JsonParser parser, JsonToken token, Node node, String name)
            throws MalformedRecordException, IOException {
        for (Map.Entry<String, NumberedColumns> entry : node.prefixes().entrySet()) {
            int number = NumberedName.numberOf(name, entry.getKey());
            if (number >= 0) {
                values.readNumbered(parser, token, entry.getValue(), number);
                return true;
            }
        }
        return false;
    }

    @Override
    public String model() {
        return filler.model();
    }

    @Override
    public List<InvalidSampleException> faults() {
        return filler.faults();
    }
}
