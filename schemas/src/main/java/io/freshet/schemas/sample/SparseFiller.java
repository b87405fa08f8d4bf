package io.freshet.schemas.sample;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.FieldPaths.Field;
import java.util.Arrays;
import java.util.List;

/**
 * Fills a sparse vector of a row from its indices and its values, in either order.
 *
 * <p>An invalid vector is marked in the row, and its first fault is reported. Not thread-safe.
 */
public final class SparseFiller {
    /** Name of the indices within the object or record of a sparse vector. */
    public static final String INDICES = "indices";
    /** Name of the values; all are 1 if they are absent or empty. */
    public static final String VALUES = "values";

    private final RowFiller filler;
    private Row row = new Row(new RowLayout(List.of(), List.of()));
    private String name = "";
    private int place;
    private int[] indices = {};
    private float[] values = {};
    private int indexCount;
    private int valueCount;
    private boolean valid;

    SparseFiller(RowFiller filler) {
        this.filler = filler;
    }

    void start(Row target, Field field) {
        row = target;
        name = field.name;
        place = field.text;
        row.sparse(place, 0);
        indices = row.sparseIndices(place);
        values = row.sparseValues(place);
        indexCount = 0;
        valueCount = 0;
        valid = true;
    }

    /** Starts the array of indices, and forgets an earlier one. */
    public void startIndices() {
        indexCount = 0;
    }

    /** Starts the array of values, and forgets an earlier one. */
    public void startValues() {
        valueCount = 0;
    }

    /** @throws MalformedRecordException if there are over {@value Row#LONGEST_VECTOR} */
    public void index(long index) throws MalformedRecordException {
        if (index != (index & Integer.MAX_VALUE)) {
            invalidIndex(index);
        }
        if (indexCount == indices.length) {
            grow(indexCount + 1);
        }
        indices[indexCount++] = (int) index;
    }

    /** @throws MalformedRecordException if there are over {@value Row#LONGEST_VECTOR} */
    public void value(float value) throws MalformedRecordException {
        if (valueCount == values.length) {
            grow(valueCount + 1);
        }
        values[valueCount++] = value;
    }

    private void grow(int length) throws MalformedRecordException {
        filler.requireLength(name, length);
        row.sparse(place, length);
        indices = row.sparseIndices(place);
        values = row.sparseValues(place);
    }

    /** Reports an invalid index, and continues with the next one. */
    public void invalidIndex(Object index) {
        reportFault(InvalidSampleException.of(
                name, indexCount, "index " + index, "a whole number from 0 to " + Integer.MAX_VALUE));
    }

    /** Reports the next value as invalid. */
    public void invalidValue(String value, String expected) {
        reportFault(InvalidSampleException.of(name, valueCount, value, expected));
    }

    /** Reports why the vector is invalid. */
    public void reportFault(String value, String expected) {
        reportFault(InvalidSampleException.of(name, value, expected));
    }

    private void reportFault(InvalidSampleException fault) {
        if (valid) {
            filler.reportFault(fault);
        }
        valid = false;
    }

    /** Ends the vector. */
    public void finish() {
        if (valueCount == 0) {
            Arrays.fill(values, 0, indexCount, 1);
        } else if (valueCount != indexCount) {
            reportFault(Plural.of(valueCount, "value"), "one for each of " + indexCount + " indices, or none");
        }
        if (valid) {
            row.sparse(place, indexCount);
        } else {
            row.invalidText(place);
        }
    }
}
