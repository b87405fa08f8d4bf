package io.freshet.schemas.sample;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.FieldPaths.Field;
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
        switch (token) {
            case START_ARRAY -> readArray(parser, token, field);
            case START_OBJECT -> readObject(parser, token, field);
            default -> readScalar(parser, token, field);
        }
    }

    private void readRecordField(JsonParser parser, JsonToken token, Field field)
            throws MalformedRecordException, IOException {
        if (!token.isScalarValue()) {
            throw new MalformedRecordException(field.name + ": " + structure(token) + " (expected: a text)");
        }
        filler.recordField(field, parser.getText());
    }

    /** Reads a scalar as each type that the layout has the field as. It may be valid as one and invalid as another. */
    private void readScalar(JsonParser parser, JsonToken token, Field field) throws IOException {
        if (field.vector >= 0) {
            filler.invalidVector(field, excerpt(parser, token));
        }
        if (field.number >= 0 && !(field.dateTime && token == JsonToken.VALUE_STRING)) {
            double value = number(parser, token);
            if (Math.abs(value) <= Double.MAX_VALUE) {
                filler.number(field, value);
            } else if (token == JsonToken.VALUE_STRING) {
                filler.word(field, parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
            } else {
                String expected = InvalidSampleException.expectedNumber(value);
                filler.invalidNumber(field, excerpt(parser, token), expected);
            }
        }
        if (field.text >= 0) {
            filler.text(field, parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        }
    }

    private void readArray(JsonParser parser, JsonToken token, Field field)
            throws MalformedRecordException, IOException {
        if (field.number >= 0) {
            filler.invalidNumber(field, structure(token), "a number");
        }
        if (field.vector >= 0 && field.text >= 0) {
            readVectorAndWords(parser, field);
        } else if (field.vector >= 0) {
            readVector(parser, field);
        } else if (field.text >= 0) {
            readWords(parser, field);
        } else {
            parser.skipChildren();
        }
    }

    private void readObject(JsonParser parser, JsonToken token, Field field)
            throws MalformedRecordException, IOException {
        if (field.vector >= 0) {
            filler.invalidVector(field, structure(token));
        }
        if (field.number >= 0) {
            filler.invalidNumber(field, structure(token), "a number");
        }
        if (field.text >= 0) {
            readSparse(parser, field);
        } else {
            parser.skipChildren();
        }
    }

    /** Reads an array that one model takes as a vector, and another as words. */
    private void readVectorAndWords(JsonParser parser, Field field) throws MalformedRecordException, IOException {
        int length = 0;
        Words joined = new Words(field);
        filler.vector(field, 0);
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            joined.add(parser, token);
            float value = element(parser, token, field, length);
            filler.vector(field, length + 1)[length++] = value;
        }
        joined.finish();
    }

    private void readVector(JsonParser parser, Field field) throws MalformedRecordException, IOException {
        int length = 0;
        float[] vector = filler.vector(field, 0);
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            float value = element(parser, token, field, length);
            if (length == vector.length) {
                vector = filler.vector(field, length + 1);
            }
            vector[length++] = value;
        }
        filler.vector(field, length);
    }

    /** Returns an element of a vector; infinity, which every model rejects, for an invalid one. */
    private float element(JsonParser parser, JsonToken token, Field field, int index) throws IOException {
        float value = (float) number(parser, token);
        if (Math.abs(value) <= Float.MAX_VALUE) {
            return value;
        }
        String expected = InvalidSampleException.expectedNumber(value);
        return invalid(parser, InvalidSampleException.of(field.name, index, excerpt(parser, token), expected));
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
        Words joined = new Words(field);
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            joined.add(parser, token);
            parser.skipChildren();
        }
        joined.finish();
    }

    /** The words of one array so far. */
    private final class Words {
        private final Field field;
        private int count;
        private int end;
        private boolean valid = true;

        Words(Field field) {
            this.field = field;
        }

        void add(JsonParser parser, JsonToken token) throws IOException {
            if (isWord(parser, token)) {
                end = addWord(parser, count == 0 ? 0 : end + 1);
            } else if (valid) {
                filler.invalidText(field, count, excerpt(parser, token), "a word without spaces");
                valid = false;
            }
            count++;
        }

        void finish() {
            if (valid) {
                filler.text(field, words, 0, end);
            }
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
