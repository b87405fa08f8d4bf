package io.freshet.server.instances;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.server.body.RequestException;
import io.freshet.server.request.Datatype;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.TensorData;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A number or text field. As in samples in JSON, true is 1 and false is 0 as a number; as a text, a number or boolean is its
 * JSON text, and an array is its words joined by spaces. A text in the place of an optional number may stand for a missing
 * one; the model decides.
 */
final class ScalarColumn extends InstanceColumn {
    /** What the values of a field are read as. */
    enum Kind {
        NUMBER("a number"),
        TEXT("a text"),
        /** A time: numbers of milliseconds, or texts. */
        TIME("a number of milliseconds, or a text, in every row"),
        /** A field of two features: its number, and its text. */
        BOTH("a number");

        private final String expected;

        Kind(String expected) {
            this.expected = expected;
        }
    }

    private final Kind kind;
    private final boolean optional;
    private double[] numbers = {};
    private @Nullable String[] texts = {};
    /** The rows whose value is a number. */
    private final BitSet numeric = new BitSet();

    /** @param optional whether the model can predict without the field */
    ScalarColumn(String name, Kind kind, boolean optional) {
        super(name, kind.expected);
        this.kind = kind;
        this.optional = optional;
    }

    @Override
    void read(JsonParser parser, int row) throws IOException, RequestException {
        switch (parser.currentToken()) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser, row, parser.getDoubleValue());
            case VALUE_TRUE -> number(parser, row, 1);
            case VALUE_FALSE -> number(parser, row, 0);
            case VALUE_STRING -> text(parser, row, parser.getText());
            case START_ARRAY -> text(parser, row, words(parser, row));
            default -> throw bad(row, excerpt(parser));
        }
        present.set(row);
    }

    private void number(JsonParser parser, int row, double value) throws IOException, RequestException {
        if (kind != Kind.TEXT) {
            if (!Double.isFinite(value)) {
                throw bad(row, excerpt(parser));
            }
            if (row >= numbers.length) {
                numbers = Arrays.copyOf(numbers, Math.max(row + 1, 2 * numbers.length));
            }
            numbers[row] = value;
            numeric.set(row);
        }
        if (kind == Kind.TEXT || kind == Kind.BOTH) {
            put(row, parser.getText());
        }
    }

    private void text(JsonParser parser, int row, String value) throws IOException, RequestException {
        if (!optional && (kind == Kind.NUMBER || kind == Kind.BOTH)) {
            throw bad(row, excerpt(parser));
        }
        put(row, value);
    }

    private void put(int row, String value) {
        if (row >= texts.length) {
            texts = Arrays.copyOf(texts, Math.max(row + 1, 2 * texts.length));
        }
        texts[row] = value;
    }

    private String words(JsonParser parser, int row) throws IOException, RequestException {
        if (kind != Kind.TEXT) {
            throw bad(row, excerpt(parser));
        }
        StringBuilder words = new StringBuilder();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (!isWord(parser)) {
                throw bad(row, "an array with " + excerpt(parser));
            }
            words.append(words.isEmpty() ? "" : " ").append(parser.getText());
        }
        return words.toString();
    }

    /** Spaces separate the words of a text. */
    private static boolean isWord(JsonParser parser) throws IOException {
        return parser.currentToken().isScalarValue()
                && parser.currentToken() != JsonToken.VALUE_NULL
                && !parser.getText().isEmpty()
                && parser.getText().indexOf(' ') < 0;
    }

    @Override
    void addTo(List<InputTensor> inputs, int rows) throws RequestException {
        boolean isText = kind == Kind.TEXT || (kind == Kind.TIME && numeric.isEmpty());
        if (kind == Kind.TIME && !isText && !numeric.equals(present)) {
            BitSet others = (BitSet) present.clone();
            others.andNot(numeric);
            throw bad(others.nextSetBit(0), "a text beside numbers");
        }
        if (!isText) {
            TensorData data = TensorData.numbersOrTexts(Arrays.copyOf(numbers, rows), numeric, texts);
            inputs.add(new InputTensor(name, Datatype.FP64, List.of(rows), data));
        }
        if (isText || kind == Kind.BOTH) {
            inputs.add(new InputTensor(
                    name, Datatype.BYTES, List.of(rows), TensorData.optionalTexts(Arrays.copyOf(texts, rows))));
        }
    }
}
