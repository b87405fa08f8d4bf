package io.freshet.schemas.sample;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import java.util.Arrays;
import java.util.StringJoiner;

/** Prints a decoded record as one line: the fields of the row, then the faults. */
public final class DecodedRow {
    private DecodedRow() {}

    public static String of(RecordDecoder decoder, RowLayout layout, byte[] value) {
        Row row = new Row(layout);
        try {
            decoder.decode(value, 77, row);
        } catch (MalformedRecordException e) {
            return "malformed " + e.getMessage();
        }
        StringJoiner line = new StringJoiner(" ");
        for (int i = 0; i < layout.numbers().size(); i++) {
            if (row.hasNumber(i)) {
                line.add(layout.numbers().get(i) + "=" + row.number(i));
            } else if (row.isWord(i)) {
                line.add(layout.numbers().get(i) + "~" + row.shown(i));
            }
        }
        for (int i = 0; i < layout.texts().size(); i++) {
            if (row.hasText(i)) {
                line.add(layout.texts().get(i) + "=" + row.text(i));
            }
        }
        for (int i = 0; i < layout.texts().size(); i++) {
            if (row.hasSparse(i)) {
                line.add(layout.texts().get(i) + "="
                        + Arrays.toString(Arrays.copyOf(row.sparseIndices(i), row.sparseLength(i)))
                        + Arrays.toString(Arrays.copyOf(row.sparseValues(i), row.sparseLength(i))));
            }
        }
        for (int i = 0; i < layout.vectors().size(); i++) {
            if (row.hasVector(i)) {
                float[] vector = Arrays.copyOf(row.vector(i), row.vectorLength(i));
                line.add(layout.vectors().get(i) + "=" + Arrays.toString(vector));
            }
        }
        if (row.hasId()) {
            line.add("id=" + row.id());
        }
        if (row.eventTime() != 77) {
            line.add("time=" + row.eventTime());
        }
        if (!decoder.model().isEmpty()) {
            line.add("model=" + decoder.model());
        }
        decoder.faults().forEach(fault -> line.add("! " + fault.getMessage()));
        return line.toString();
    }
}
