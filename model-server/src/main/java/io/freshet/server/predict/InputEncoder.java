package io.freshet.server.predict;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.TensorData;
import io.freshet.server.store.RequestFields;
import io.freshet.server.store.ServedSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the rows of a request as samples of one specification, exactly as the trainer does.
 *
 * <p>Uses the scratch space of the thread that creates it; create one per request.
 */
public final class InputEncoder {
    private static final String TYPES = "(FP64, FP32, INT*, UINT*, BOOL)";
    private static final String NUMBER = "a number " + TYPES;
    private static final String TEXT = "a string (BYTES)";
    static final String COLUMN = "[n] or [n,1]";

    private final FeatureEncoder encoder;
    private final Row row;
    private final List<InputColumn> columns = new ArrayList<>();
    /** Inputs without which no row can be predicted, and which other rows lack, because they have other fields. */
    private final List<InputTensor> incomplete = new ArrayList<>();

    /** @throws RequestException if the input of a field is missing, or has the wrong datatype or shape, whatever the row */
    public InputEncoder(ServedSpec served, List<InputTensor> inputs) throws RequestException {
        ModelSpec spec = served.spec();
        RowLayout layout = served.layout();
        encoder = served.scratch().get().encoder();
        row = served.scratch().get().row();
        RequestFields fields = served.fields();
        Set<String> absent = new HashSet<>(fields.optional());
        if (!absent.isEmpty()) {
            inputs.forEach(input -> absent.remove(input.name()));
        }
        for (RequestFields.Field field : fields.numbers()) {
            if (!absent.contains(field.name())) {
                columns.add(new InputColumn.Numbers(field.place(), column(inputs, field, false)));
            }
        }
        for (RequestFields.Field field : fields.texts()) {
            String name = field.name();
            if (layout.times().contains(name) && isNumber(inputs, name)) {
                columns.add(new InputColumn.Numbers(layout.number(name), column(inputs, field, false)));
            } else if (!absent.contains(name)) {
                columns.add(new InputColumn.Texts(field.place(), column(inputs, field, true)));
            }
        }
        double[] steps = fields.takesSteps() && ModelInputs.hasSteps(inputs) ? steps(inputs) : null;
        for (FeatureSpec.Dense vector : spec.features().dense()) {
            columns.add(vectors(vector, spec.model().steps(), layout, inputs, steps));
        }
    }

    /** Returns the numbers of steps of the rows. */
    static double[] steps(List<InputTensor> inputs) throws RequestException {
        return complete(column(inputs, inputs.size() - 1, RequestFields.STEPS, false))
                .numbers();
    }

    /** Returns the keys of the rows. */
    public static String[] keys(List<InputTensor> inputs, String field) throws RequestException {
        return complete(column(inputs, 0, field, true)).texts();
    }

    private static TensorData complete(InputTensor input) throws RequestException {
        input.requireValues();
        return input.data();
    }

    /** Returns a row of the request as a sample to predict. */
    public Sample sample(int index) throws RequestException {
        for (InputTensor input : incomplete) {
            input.requireValues(index);
        }
        row.clear();
        for (InputColumn column : columns) {
            column.copy(index, row);
        }
        try {
            return encoder.encodeFeatures(row);
        } catch (InvalidSampleException e) {
            throw RequestException.bad("row " + index + ": " + e.getMessage());
        }
    }

    /** Returns the row that the last sample was encoded from; valid until the next one. */
    public Row row() {
        return row;
    }

    private InputColumn vectors(
            FeatureSpec.Dense vector,
            int maximumSteps,
            RowLayout layout,
            List<InputTensor> inputs,
            double @Nullable [] steps)
            throws RequestException {
        String name = RowLayout.wireName(vector.field());
        int length = vector.length();
        String expected =
                maximumSteps == 0 ? "a vector of " + length + " numbers " : "steps of " + length + " numbers each ";
        InputTensor input = find(inputs, name, false, expected + TYPES);
        requireRows(input);
        if (maximumSteps == 0) {
            if (!(input.width() == length && (input.shape().size() == 2 || input.isColumn()))) {
                String rows = input.shape().size() == 1 ? "n" : Integer.toString(input.rows());
                throw RequestException.bad(
                        RequestExcerpt.name(name) + ".shape", input.shape(), "[" + rows + ", " + length + "]");
            }
        } else if (!isSequence(input, length, maximumSteps)) {
            String rows = input.shape().size() == 1 ? "n" : Integer.toString(input.rows());
            throw RequestException.bad(
                    RequestExcerpt.name(name) + ".shape",
                    input.shape(),
                    "[" + rows + ", steps, " + length + "] with 1 to " + maximumSteps + " steps");
        }
        InputColumn.Vectors vectors = new InputColumn.Vectors(
                layout.vector(vector.field()),
                RequestExcerpt.name(name),
                input.data().numbers(),
                input.width());
        return steps == null ? vectors : new InputColumn.Steps(vectors, length, steps);
    }

    /** Returns whether each row is a sequence of steps of {@code length} numbers, nested or concatenated. */
    private static boolean isSequence(InputTensor input, int length, int maximumSteps) {
        int last = input.shape().get(input.shape().size() - 1);
        return input.shape().size() > 1
                && (input.shape().size() == 3 ? last == length : last % length == 0)
                && input.width() / length <= maximumSteps;
    }

    private TensorData column(List<InputTensor> inputs, RequestFields.Field field, boolean text)
            throws RequestException {
        InputTensor input = column(inputs, columns.size(), field.name(), text);
        if (!field.optional()) {
            requireRows(input);
        }
        return input.data();
    }

    /** Requires a value in each row that is encoded. */
    private void requireRows(InputTensor input) {
        if (!input.isComplete()) {
            incomplete.add(input);
        }
    }

    /**
     * Returns an input with one value per row, or null for some rows.
     *
     * @param place where the input is if the client sends them in the order of the fields
     */
    private static InputTensor column(List<InputTensor> inputs, int place, String field, boolean text)
            throws RequestException {
        InputTensor likely = inputs.get(Math.min(place, inputs.size() - 1));
        InputTensor input = is(likely, field, text) ? likely : find(inputs, field, text, text ? TEXT : NUMBER);
        if (!input.isColumn()) {
            throw RequestException.bad(RequestExcerpt.name(field) + ".shape", input.shape(), COLUMN);
        }
        return input;
    }

    private static boolean isNumber(List<InputTensor> inputs, String field) {
        return inputs.stream()
                .anyMatch(
                        input -> input.name().equals(field) && !input.datatype().isText());
    }

    private static boolean is(InputTensor input, String field, boolean text) {
        return input.name().equals(field) && input.datatype().isText() == text;
    }

    private static InputTensor find(List<InputTensor> inputs, String field, boolean text, String expected)
            throws RequestException {
        InputTensor mismatch = null;
        for (InputTensor input : inputs) {
            if (is(input, field, text)) {
                return input;
            }
            mismatch = input.name().equals(field) ? input : mismatch;
        }
        throw mismatch == null
                ? RequestException.bad("inputs." + field, "missing", expected)
                : RequestException.bad(field, mismatch.data().excerpt(0) + " (" + mismatch.datatype() + ")", expected);
    }
}
