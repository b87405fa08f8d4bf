package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.ModelSpec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a sample's label from a row, and rejects one that is out of range for the model's loss.
 *
 * <p>A loss of two classes has the labels 0 and 1. Many files have -1 and 1 instead, so -1 is read as 0. This depends on
 * no other row: 0 is 0 even in a file that also has -1. If the specification lists the names of the classes, the label is
 * a name.
 */
final class LabelReader {
    private static final String PREVIOUS = "previous";
    /** A larger number is hardly that of a class. */
    private static final int LARGEST_CLASS = 10_000;

    private final ModelSpec spec;
    private final List<String> names;
    private final int[] places;
    private final boolean vector;
    private final int length;
    private final boolean sequence;
    private final boolean twoClass;
    /** Null if the label consists of numbers. */
    private final @Nullable ClassLabel classLabel;

    private boolean minusOneRead;

    LabelReader(ModelSpec spec, FieldPlaces fields) {
        this.spec = spec;
        names = spec.fields().label();
        vector = spec.fields().labelIsVector();
        classLabel =
                spec.labels().isEmpty() ? null : new ClassLabel(names.get(0), fields.text(names.get(0)), spec.labels());
        places = classLabel != null
                ? new int[0]
                : names.stream()
                        .mapToInt(name -> vector ? fields.vector(name) : fields.number(name))
                        .toArray();
        length = spec.labelLength();
        sequence = spec.model().steps() > 0;
        twoClass = spec.loss().task().isBinary();
    }

    /** @param limit length of the sequence, after which the label is padding; 0 if there is no padding */
    float[] read(Row row, int limit) throws InvalidSampleException {
        if (classLabel != null) {
            return new float[] {classLabel.read(row)};
        }
        float[] label = vector ? vector(row, limit) : numbers(row, limit);
        boolean minusOne = twoClass && replaceMinusOne(label);
        @Nullable String expected = spec.loss().labelExpectation(label, spec.outputs());
        if (expected != null) {
            Object shown = vector ? shortened(Arrays.toString(vector(row, limit))) : shownNumbers(row, label.length);
            throw InvalidSampleException.of(spec.label(), shown, expected + remedy(label));
        }
        minusOneRead |= minusOne;
        return label;
    }

    /**
     * Returns the label that the row's replaces.
     *
     * @throws InvalidSampleException if it is no label of the model
     */
    float previous(Row row) throws InvalidSampleException {
        byte[] text = row.previousText();
        String name = text == null ? "" : new String(text, StandardCharsets.UTF_8);
        if (classLabel != null) {
            if (text == null) {
                throw InvalidSampleException.of(PREVIOUS, row.previousNumber(), "the name of a class, like the label");
            }
            return classLabel.number(PREVIOUS, name);
        }
        if (text != null) {
            throw InvalidSampleException.of(PREVIOUS, shortened(name), "a number, like the label");
        }
        float[] label = {(float) row.previousNumber()};
        if (twoClass) {
            replaceMinusOne(label);
        }
        @Nullable String expected = spec.loss().labelExpectation(label, spec.outputs());
        if (expected != null) {
            throw InvalidSampleException.of(PREVIOUS, row.previousNumber(), expected);
        }
        return label[0];
    }

    /** Returns whether the row has at least a part of a label. */
    boolean isPresent(Row row) {
        if (classLabel != null) {
            return classLabel.isPresent(row);
        }
        if (vector) {
            return row.vectorLength(places[0]) > 0;
        }
        boolean present = false;
        for (int place : places) {
            present |= !row.isNumberMissing(place);
        }
        return present;
    }

    /** Returns the remedy for classes that are numbered from 1, or of which there are more, or "". */
    private String remedy(float[] label) {
        int classes = spec.loss().classes(spec.outputs());
        if (classes < 2 || label.length != 1 || label[0] < classes || !isPlausible(label[0])) {
            return "";
        }
        String moreClasses = "; for more classes, set "
                + (spec.loss().task().isBinary() ? "loss: sparse-categorical-cross-entropy and " : "") + "outputs: N";
        if (label[0] > classes) {
            return moreClasses;
        }
        String more = classes == 2 ? "" : classes == 3 ? "\"2\", " : "..., ";
        return "; if classes are numbered from 1, set labels: [\"1\", " + more + "\"" + classes + "\"]" + moreClasses;
    }

    private static boolean isPlausible(float label) {
        return label <= LARGEST_CLASS && label == (int) label;
    }

    private static boolean replaceMinusOne(float[] label) {
        boolean any = false;
        for (int i = 0; i < label.length; i++) {
            if (label[i] == -1) {
                label[i] = 0;
                any = true;
            }
        }
        return any;
    }

    /** Returns the notice that -1 was read as 0; null if it was not. */
    @Nullable String notice() {
        return minusOneRead
                ? spec.label() + ": -1 is read as 0 (" + spec.loss().name() + " has the labels 0 and 1)"
                : null;
    }

    private float[] numbers(Row row, int limit) throws InvalidSampleException {
        float[] label = new float[limit == 0 ? places.length : limit];
        for (int i = 0; i < label.length; i++) {
            double value = row.number(places[i]);
            if (row.isWord(places[i])) {
                throw TextForNumber.invalid(spec, names.get(i), row, places[i]);
            }
            if (Double.isNaN(value)) {
                throw InvalidSampleException.of(names.get(i), row.shown(places[i]), "a number");
            }
            // Infinite if the value exceeds a float; every loss rejects infinity.
            label[i] = (float) value;
        }
        return label;
    }

    private float[] vector(Row row, int limit) throws InvalidSampleException {
        int actual = row.vectorLength(places[0]);
        int minimum = Math.max(1, limit);
        boolean valid = sequence ? actual >= minimum && actual <= length : actual == length;
        if (!valid) {
            throw InvalidSampleException.of(
                    names.get(0),
                    actual < 0 ? "missing" : actual + " numbers",
                    sequence ? minimum + " to " + length + " numbers" : length + " numbers");
        }
        return Arrays.copyOf(row.vector(places[0]), limit == 0 ? actual : limit);
    }

    /** Returns the numbers as received, since the label contains infinity for one that exceeds a float. */
    private String shownNumbers(Row row, int length) {
        double[] numbers =
                Arrays.stream(places).limit(length).mapToDouble(row::number).toArray();
        return shortened(length == 1 ? Double.toString(numbers[0]) : Arrays.toString(numbers));
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }
}
