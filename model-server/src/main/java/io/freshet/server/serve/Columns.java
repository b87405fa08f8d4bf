package io.freshet.server.serve;

import io.freshet.learning.features.BadSampleException;
import io.freshet.learning.features.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.Sample;
import io.freshet.server.store.ServedSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request's tensors bound to the fields of a specification: gives its rows as samples, encoded as the trainer does.
 *
 * <p>Holds scratch space: one for each request.
 */
final class Columns {
    private static final String NUMBER = "a number (FP64, FP32, INT*, UINT*, BOOL)";
    private static final String TEXT = "a text (BYTES)";

    private final FeatureEncoder encoder;
    private final Row row;
    private final int[] numberPlaces;
    private final double[][] numbers;
    private final int[] textPlaces;
    private final String[][] texts;

    /** @throws RequestException if a field has no input, or one of the wrong kind */
    Columns(ServedSpec served, List<InputTensor> inputs) throws RequestException {
        encoder = new FeatureEncoder(served.spec(), served.layout());
        row = new Row(served.layout());
        List<String> numeric = served.spec().features().numeric();
        numberPlaces = new int[numeric.size()];
        numbers = new double[numeric.size()][];
        for (int i = 0; i < numberPlaces.length; i++) {
            numberPlaces[i] = served.layout().number(numeric.get(i));
            numbers[i] = column(inputs, numeric.get(i), false).numbers();
        }
        List<String> textFields = served.spec().textFields();
        textPlaces = new int[textFields.size()];
        texts = new String[textFields.size()][];
        for (int i = 0; i < textPlaces.length; i++) {
            textPlaces[i] = served.layout().text(textFields.get(i));
            texts[i] = texts(inputs, textFields.get(i));
        }
    }

    /** Returns the texts of an input. */
    static String[] texts(List<InputTensor> inputs, String field) throws RequestException {
        return column(inputs, field, true).texts();
    }

    /** Returns a row of the request as a sample to predict. */
    Sample sample(int index) throws RequestException {
        row.clear();
        for (int i = 0; i < numbers.length; i++) {
            row.number(numberPlaces[i], numbers[i][index]);
        }
        for (int i = 0; i < texts.length; i++) {
            row.copyText(textPlaces[i], texts[i][index]);
        }
        try {
            return encoder.encodeFeatures(row);
        } catch (BadSampleException e) {
            throw RequestException.bad("row " + index + ": " + e.getMessage());
        }
    }

    private static TensorData column(List<InputTensor> inputs, String field, boolean text) throws RequestException {
        InputTensor other = null;
        for (InputTensor input : inputs) {
            if (input.name().equals(field)) {
                if (input.datatype().text() == text) {
                    return input.data();
                }
                other = input;
            }
        }
        throw refusal(field, other, text ? TEXT : NUMBER);
    }

    private static RequestException refusal(String field, @Nullable InputTensor other, String expected) {
        return other == null
                ? RequestException.bad("inputs." + field, "missing", expected)
                : RequestException.bad(field, other.data().show(0) + " (" + other.datatype() + ")", expected);
    }
}
