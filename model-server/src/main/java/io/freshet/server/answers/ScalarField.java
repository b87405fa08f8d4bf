package io.freshet.server.answers;

import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.TensorData;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values of a field of numbers, of texts, or of both: then a value is written so that it reads back as the same number and as
 * the same text, if it is the text of the number.
 *
 * @param numbers null if there are none
 * @param texts null if there are none
 */
record ScalarField(@Nullable TensorData numbers, @Nullable TensorData texts) implements FieldsJson.Field {
    private static final Pattern JSON_NUMBER =
            Pattern.compile("-?(0|[1-9]\\d{0,30})(\\.\\d{1,30})?([eE][+-]?\\d{1,3})?");

    static ScalarField of(InputTensor input) {
        return new ScalarField(null, null).with(input);
    }

    ScalarField with(InputTensor input) {
        return input.datatype().isText()
                ? new ScalarField(numbers, input.data())
                : new ScalarField(input.data(), texts);
    }

    @Override
    public void write(String name, int row, JsonGenerator to) throws IOException {
        String text = text(row);
        if (numbers != null
                && !numbers.isNull(row)
                && !numbers.isText(row)
                && Double.isFinite(numbers.numbers()[row])) {
            to.writeFieldName(name);
            writeNumber(numbers.numbers()[row], numbers.isFlag(row), text, to);
        } else if (text != null) {
            to.writeStringField(name, text);
        }
    }

    /** Returns the text of a row, also one in the place of a number; null if there is none. */
    private @Nullable String text(int row) {
        if (texts != null && !texts.isNull(row)) {
            return texts.texts()[row];
        }
        return numbers != null && numbers.isText(row) ? numbers.texts()[row] : null;
    }

    private static void writeNumber(double value, boolean flag, @Nullable String text, JsonGenerator to)
            throws IOException {
        if (flag || (text != null && text.equals(Boolean.toString(value != 0)) && (value == 0 || value == 1))) {
            to.writeBoolean(value != 0);
        } else if (text != null && JSON_NUMBER.matcher(text).matches() && Double.parseDouble(text) == value) {
            to.writeNumber(text);
        } else {
            writeNumber(value, to);
        }
    }

    /** Writes a number that reads back as the same double. */
    static void writeNumber(double value, JsonGenerator to) throws IOException {
        long whole = (long) value;
        if (Double.doubleToRawLongBits((double) whole) == Double.doubleToRawLongBits(value) && Math.abs(value) < 0x1p53) {
            to.writeNumber(whole);
        } else {
            to.writeNumber(value);
        }
    }
}
