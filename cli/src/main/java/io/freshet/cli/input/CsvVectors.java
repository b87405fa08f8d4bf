package io.freshet.cli.input;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.sample.Excerpt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads the vectors of CSV rows. A prefix {@code pixel*} reads the columns {@code pixel0}, {@code pixel1}, ... in the
 * order of their numbers. Otherwise, one column contains the whole vector as text.
 *
 * <p>Empty columns at the end of a prefix make the vector shorter, so sequences may differ in length.
 */
final class CsvVectors {
    private final List<Vector> vectors = new ArrayList<>();

    /**
     * A vector of the layout.
     *
     * @param columns one per number, or one for the whole vector if {@code whole}: -1 if the file lacks it
     * @param names names of the columns
     */
    private record Vector(int[] columns, String[] names, boolean whole) {
        boolean isAbsent() {
            return columns[0] < 0;
        }
    }

    /**
     * @param optional vectors that the file may lack
     * @throws InputException if the file lacks the columns of another vector
     */
    CsvVectors(CsvHeader header, RowLayout layout, Set<String> optional) throws InputException {
        for (String name : layout.vectors()) {
            int[] columns = header.numbered(name);
            boolean whole = columns.length == 0;
            if (whole) {
                columns = new int[] {header.wholeVector(name, optional.contains(name))};
            }
            String[] names = new String[columns.length];
            for (int i = 0; i < names.length; i++) {
                names[i] = columns[i] < 0 ? name : header.name(columns[i]);
            }
            vectors.add(new Vector(columns, names, whole));
        }
    }

    /** Fills the vectors of a row. An invalid one is missing in the row, and adds a fault. */
    void read(CsvRecordBuffer record, Row row, List<InvalidSampleException> faults) {
        for (int place = 0; place < vectors.size(); place++) {
            Vector vector = vectors.get(place);
            if (vector.isAbsent()) {
                continue;
            }
            try {
                readVector(record, vector, row, place);
            } catch (InvalidSampleException e) {
                row.removeVector(place);
                faults.add(e);
            }
        }
    }

    private static void readVector(CsvRecordBuffer record, Vector vector, Row row, int place)
            throws InvalidSampleException {
        if (vector.whole) {
            int column = vector.columns[0];
            VectorText.parse(vector.names[0], record.chars(), record.from(column), record.to(column), row, place);
        } else {
            read(record, vector, row, place);
        }
    }

    private static void read(CsvRecordBuffer record, Vector vector, Row row, int place) throws InvalidSampleException {
        int[] columns = vector.columns;
        int length = columns.length;
        while (length > 0 && empty(record, columns[length - 1])) {
            length--;
        }
        float[] numbers = row.vector(place, length);
        char[] chars = record.chars();
        for (int i = 0; i < length; i++) {
            int column = columns[i];
            float value = (float) DecimalText.parse(chars, record.from(column), record.to(column));
            if (!(Math.abs(value) <= Float.MAX_VALUE)) {
                throw bad(record, vector, i, length, value);
            }
            numbers[i] = value;
        }
    }

    private static InvalidSampleException bad(CsvRecordBuffer record, Vector vector, int i, int length, float value) {
        String expected = empty(record, vector.columns[i])
                ? "a number, since there is one in " + vector.names[length - 1]
                : InvalidSampleException.expectedNumber(value);
        return InvalidSampleException.of(vector.names[i], Excerpt.of(record.text(vector.columns[i])), expected);
    }

    private static boolean empty(CsvRecordBuffer record, int column) {
        return record.from(column) == record.to(column);
    }
}
