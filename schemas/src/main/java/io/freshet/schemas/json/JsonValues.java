package io.freshet.schemas.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.field.Excerpt;
import io.freshet.schemas.field.FieldPaths.Field;
import io.freshet.schemas.field.NumberedColumns;
import io.freshet.schemas.field.RowFiller;
import io.freshet.schemas.field.SparseFiller;
import java.io.IOException;
import java.util.Arrays;

/** Reads the values that become fields of a row: numbers, texts, vectors, and sparse vectors. Creates no strings. */
final class JsonValues {
    private static final String SPARSE =
            "a text of pairs index:value, or an object {\"indices\": [...], \"values\": [...]}";

    private final RowFiller filler;
    private char[] words = new char[64];

    JsonValues(RowFiller filler) {
        this.filler = filler;
    }

    void read(JsonParser parser, JsonToken token, Field field) throws MalformedRecordException, IOException {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (field.isRecordField()) {
            readRecordField(parser, token, field);
        }
        if (field.vector >= 0 && token == JsonToken.START_ARRAY) {
            readVector(parser, field);
        } else if (field.isVectorOnly()) {
            reportFault(parser, token, field, "an array of numbers");
        } else if (token == JsonToken.START_ARRAY && field.isTextOnly()) {
            readWords(parser, field);
        } else if (token == JsonToken.START_OBJECT && field.isTextOnly()) {
            readSparse(parser, field);
        } else {
            readScalar(parser, token, field);
        }
    }

    private void readRecordField(JsonParser parser, JsonToken token, Field field)
            throws MalformedRecordException, IOException {
        if (!token.isScalarValue()) {
            throw new MalformedRecordException(field.name + ": " + structure(token) + " (expected: a text)");
        }
        filler.recordField(field, parser.getText());
    }

    private void readScalar(JsonParser parser, JsonToken token, Field field) throws IOException {
        if (field.number >= 0 && !(field.dateTime && token == JsonToken.VALUE_STRING)) {
            double value = number(parser, token);
            if (Math.abs(value) <= Double.MAX_VALUE) {
                filler.number(field, value);
            } else if (token == JsonToken.VALUE_STRING) {
                filler.word(field, parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
            } else {
                reportFault(parser, token, field, InvalidSampleException.expectedNumber(value));
                return;
            }
        }
        if (field.text >= 0) {
            if (token.isScalarValue()) {
                filler.text(field, parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
            } else {
                reportFault(parser, token, field, "a text");
            }
        }
    }

    private void reportFault(JsonParser parser, JsonToken token, Field field, String expected) throws IOException {
        filler.reportFault(field, excerpt(parser, token), expected);
        parser.skipChildren();
    }

    private void readVector(JsonParser parser, Field field) throws MalformedRecordException, IOException {
        int length = 0;
        float[] vector = filler.vector(field, 0);
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            float value = (float) number(parser, token);
            if (!(Math.abs(value) <= Float.MAX_VALUE)) {
                String expected = InvalidSampleException.expectedNumber(value);
                value = invalid(
                        parser, InvalidSampleException.of(field.name, length, excerpt(parser, token), expected));
            }
            if (length == vector.length) {
                vector = filler.vector(field, length + 1);
            }
            vector[length++] = value;
        }
        filler.vector(field, length);
    }

    /** Reads an object of indices and values; all values are 1 if they are absent, null, or empty. */
    private void readSparse(JsonParser parser, Field field) throws MalformedRecordException, IOException {
        SparseFiller sparse = filler.sparse(field);
        boolean hasIndices = false;
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_ARRAY && key.equals(SparseFiller.INDICES)) {
                hasIndices = true;
                readIndices(parser, sparse);
            } else if (token == JsonToken.START_ARRAY && key.equals(SparseFiller.VALUES)) {
                readSparseValues(parser, sparse);
            } else {
                if (key.equals(SparseFiller.VALUES) && token != JsonToken.VALUE_NULL) {
                    sparse.reportFault("values " + excerpt(parser, token), "an array of numbers");
                }
                parser.skipChildren();
            }
        }
        if (!hasIndices) {
            sparse.reportFault("an object", field.sparse ? SPARSE : "a text");
        }
        sparse.finish();
    }

    private void readIndices(JsonParser parser, SparseFiller sparse) throws MalformedRecordException, IOException {
        sparse.startIndices();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() == NumberType.INT) {
                sparse.index(parser.getIntValue());
            } else {
                sparse.invalidIndex(excerpt(parser, token));
                parser.skipChildren();
            }
        }
    }

    private void readSparseValues(JsonParser parser, SparseFiller sparse) throws MalformedRecordException, IOException {
        sparse.startValues();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            float value = (float) number(parser, token);
            if (!(Math.abs(value) <= Float.MAX_VALUE)) {
                sparse.invalidValue(excerpt(parser, token), InvalidSampleException.expectedNumber(value));
                parser.skipChildren();
            }
            sparse.value(value);
        }
    }

    /** Joins the words of an array with spaces. */
    private void readWords(JsonParser parser, Field field) throws IOException {
        int count = 0;
        int end = 0;
        boolean valid = true;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (isWord(parser, token)) {
                end = addWord(parser, count == 0 ? 0 : end + 1);
            } else {
                if (valid) {
                    filler.reportFault(field, count, excerpt(parser, token), "a word without spaces");
                }
                valid = false;
                parser.skipChildren();
            }
            count++;
        }
        if (valid) {
            filler.text(field, words, 0, end);
        }
    }

    private static boolean isWord(JsonParser parser, JsonToken token) throws IOException {
        if (!token.isScalarValue() || token == JsonToken.VALUE_NULL) {
            return false;
        }
        char[] text = parser.getTextCharacters();
        int from = parser.getTextOffset();
        int to = from + parser.getTextLength();
        for (int i = from; i < to; i++) {
            if (text[i] == ' ') {
                return false;
            }
        }
        return from < to;
    }

    /** Appends a word at {@code at}, after a space if it is not the first one, and returns its end. */
    private int addWord(JsonParser parser, int at) throws IOException {
        int length = parser.getTextLength();
        if (at + length > words.length) {
            words = Arrays.copyOf(words, Math.max(2 * words.length, at + length));
        }
        if (at > 0) {
            words[at - 1] = ' ';
        }
        System.arraycopy(parser.getTextCharacters(), parser.getTextOffset(), words, at, length);
        return at + length;
    }

    /** Reads an element of a vector with numbered keys. */
    void readNumbered(JsonParser parser, JsonToken token, NumberedColumns vector, int number)
            throws MalformedRecordException, IOException {
        float value = (float) number(parser, token);
        if (token != JsonToken.VALUE_NULL && !(Math.abs(value) <= Float.MAX_VALUE)) {
            String expected = InvalidSampleException.expectedNumber(value);
            value = invalid(
                    parser, InvalidSampleException.of(vector.prefix() + number, excerpt(parser, token), expected));
        }
        vector.set(number, value);
    }

    /** Reports an invalid element of a vector, and returns infinity, which every model rejects. */
    private float invalid(JsonParser parser, InvalidSampleException fault) throws IOException {
        filler.reportFault(fault);
        parser.skipChildren();
        return Float.POSITIVE_INFINITY;
    }

    /** Returns a number, or NaN for a token that is not a number. */
    private static double number(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> 1;
            case VALUE_FALSE -> 0;
            default -> Double.NaN;
        };
    }

    private static String excerpt(JsonParser parser, JsonToken token) throws IOException {
        if (!token.isScalarValue()) {
            return structure(token);
        }
        String text = Excerpt.start(parser.getText());
        return token == JsonToken.VALUE_STRING ? "\"" + text + "\"" : text;
    }

    private static String structure(JsonToken token) {
        return token == JsonToken.START_ARRAY ? "an array" : "an object";
    }
}
