package io.freshet.schemas.field;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.field.FieldPaths.Field;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Puts what stands in a record into the fields of a row, and keeps what could not be. Not thread-safe. */
public final class RowFiller {
    private static final int MOST_FAULTS = 100;

    private final FieldPaths paths;
    private final List<String> faults = new ArrayList<>();
    private final List<String> faultsView = Collections.unmodifiableList(faults);
    private Row row = new Row(new RowLayout(List.of(), List.of()));
    private String model = "";

    public RowFiller(FieldPaths paths) {
        this.paths = paths;
    }

    /** Starts a record, whose fields go into {@code target}. */
    public void start(Row target) {
        row = target;
        row.clear();
        model = "";
        faults.clear();
        for (NumberedColumns columns : paths.columns()) {
            columns.clear();
        }
    }

    /** Forgets how the columns of the records before were counted. */
    public void forgetCounting() {
        paths.columns().forEach(NumberedColumns::forgetCounting);
    }

    /** Ends a record. */
    public void finish() {
        for (NumberedColumns columns : paths.columns()) {
            try {
                columns.finish(row);
            } catch (InvalidSampleException e) {
                refuse(e);
            }
        }
    }

    public void number(Field field, double value) {
        row.number(field.number, value);
    }

    public void text(Field field, String text) {
        row.copyText(field.text, text);
    }

    public void text(Field field, byte[] utf8, int from, int to) {
        row.copyText(field.text, utf8, from, to);
    }

    /**
     * Says that the vector of a field has {@code length} numbers, and returns the array to write them to.
     *
     * @throws MalformedRecordException if that is more than {@value Row#LONGEST_VECTOR}
     */
    public float[] vector(Field field, int length) throws MalformedRecordException {
        if (length > Row.LONGEST_VECTOR) {
            throw new MalformedRecordException(
                    field.name + ": " + length + " numbers or more (expected: up to " + Row.LONGEST_VECTOR + ")");
        }
        return row.vector(field.vector, length);
    }

    /** Takes a field that says what the record is. */
    public void ofRecord(Field field, String text) throws MalformedRecordException {
        if (field.id) {
            row.id(text);
        }
        if (field.model) {
            model = text;
        }
        if (field.time) {
            time(millis(field.name, text));
        }
    }

    /** @param millis when the sample happened, milliseconds since 1970, UTC */
    public void time(long millis) {
        row.eventTime(millis);
    }

    private static long millis(String name, String text) throws MalformedRecordException {
        try {
            return isWhole(text) ? Long.parseLong(text) : Instant.parse(text).toEpochMilli();
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            throw new MalformedRecordException(name + ": " + Excerpt.of(text)
                    + " (expected: milliseconds since 1970, or a time as 2030-01-31T12:00:00Z)");
        }
    }

    private static boolean isWhole(String text) {
        for (int i = text.startsWith("-") ? 1 : 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** Says that a field is not what was expected; it stays missing in the row. */
    public void refuse(String name, Object value, String expected) {
        refuse(InvalidSampleException.of(name, value, expected));
    }

    private void refuse(InvalidSampleException e) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(String.valueOf(e.getMessage()));
        }
    }

    /** Returns what was refused of the record. */
    public List<String> faults() {
        return faultsView;
    }

    /** Returns the name of the only model that the record is for, or "". */
    public String model() {
        return model;
    }
}
