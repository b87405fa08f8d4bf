package io.freshet.schemas.sample;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.FieldPaths.Field;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Fills a row with the fields of a record, and collects the faults of invalid fields. Not thread-safe. */
public final class RowFiller {
    private static final int MAXIMUM_FAULTS = 100;

    private final FieldPaths paths;
    private final SparseFiller sparse = new SparseFiller(this);
    private final List<InvalidSampleException> faults = new ArrayList<>();
    private final List<InvalidSampleException> faultsView = Collections.unmodifiableList(faults);
    private Row row = new Row(new RowLayout(List.of(), List.of()));
    private String model = "";

    public RowFiller(FieldPaths paths) {
        this.paths = paths;
    }

    /** Starts a record that fills {@code target}, given its length in bytes. */
    public void start(Row target, int bytes) {
        row = target;
        row.clear();
        model = "";
        faults.clear();
        for (NumberedColumns columns : paths.columns()) {
            columns.clear(bytes);
        }
    }

    /** Forgets whether numbered columns of earlier records counted from 0 or from 1. */
    public void resetNumbering() {
        paths.columns().forEach(NumberedColumns::resetNumbering);
    }

    /** Ends a record. */
    public void finish() {
        for (NumberedColumns columns : paths.columns()) {
            try {
                columns.finish(row);
            } catch (InvalidSampleException e) {
                reportFault(e);
            }
        }
    }

    public void number(Field field, double value) {
        row.number(field.number, value);
    }

    /** Sets a number field to the text {@code text[from, from + length)}, which a model may read as missing. */
    public void word(Field field, char[] text, int from, int length) {
        row.word(field.number, text, from, from + length, true);
    }

    /** Sets a number field to the UTF-8 text {@code utf8[from, to)}, which a model may read as missing. */
    public void word(Field field, byte[] utf8, int from, int to) {
        row.word(field.number, utf8, from, to, true);
    }

    public void text(Field field, String text) {
        row.copyText(field.text, text);
    }

    public void text(Field field, byte[] utf8, int from, int to) {
        row.copyText(field.text, utf8, from, to);
    }

    /** Sets a field to {@code text[from, from + length)}. */
    public void text(Field field, char[] text, int from, int length) {
        row.copyText(field.text, text, from, from + length);
    }

    /** Returns the sparse vector of the record that was started last. */
    public SparseFiller sparse() {
        return sparse;
    }

    /** Starts a field's sparse vector. */
    public SparseFiller sparse(Field field) {
        sparse.start(row, field);
        return sparse;
    }

    /**
     * Sets the length of a field's vector, and returns the array to write its numbers to.
     *
     * @throws MalformedRecordException if the length is over {@value Row#LONGEST_VECTOR}
     */
    public float[] vector(Field field, int length) throws MalformedRecordException {
        requireLength(field.name, length);
        return row.vector(field.vector, length);
    }

    void requireLength(String name, int length) throws MalformedRecordException {
        if (length > Row.LONGEST_VECTOR) {
            throw new MalformedRecordException(
                    name + ": " + length + " numbers or more (expected: up to " + Row.LONGEST_VECTOR + ")");
        }
    }

    /** Sets the id, event time, or model of the sample. */
    public void recordField(Field field, String text) throws MalformedRecordException {
        if (field.id) {
            row.id(text);
        }
        if (field.model) {
            model = text;
        }
        if (field.time) {
            time(TimestampText.millis(field.name, text));
        }
    }

    /** @param millis event time, milliseconds since 1970, UTC */
    public void time(long millis) {
        row.eventTime(millis);
    }

    /** Marks a field invalid as a number, for the models that read it as one, and reports the fault. */
    public void invalidNumber(Field field, Object value, String expected) {
        row.invalidNumber(field.number);
        reportFault(InvalidSampleException.of(field.name, value, expected));
    }

    /** Marks a field invalid as a text, for the models that read it as one, and reports the fault. */
    public void invalidText(Field field, Object value, String expected) {
        row.invalidText(field.text);
        reportFault(InvalidSampleException.of(field.name, value, expected));
    }

    /** @param index of the part of the text that is invalid */
    public void invalidText(Field field, int index, Object value, String expected) {
        row.invalidText(field.text);
        reportFault(InvalidSampleException.of(field.name, index, value, expected));
    }

    /** Reports that a field is not a vector, for the models that read it as one. */
    public void invalidVector(Field field, Object value) {
        reportFault(InvalidSampleException.of(field.name, value, "an array of numbers"));
    }

    /** Reports an invalid part of a vector, which contains a number that every model rejects. */
    public void reportFault(InvalidSampleException fault) {
        if (faults.size() < MAXIMUM_FAULTS) {
            faults.add(fault);
        }
    }

    /** Returns the faults of the record. */
    public List<InvalidSampleException> faults() {
        return faultsView;
    }

    /** Returns the name of the only model that the record is for, or "". */
    public String model() {
        return model;
    }
}
