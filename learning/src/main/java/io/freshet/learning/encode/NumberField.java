package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;

/** A number field of a row. Its value must be in the range of a float. */
public record NumberField(String name, int place) {
    public boolean isMissing(Row row) {
        return row.isNumberMissing(place);
    }

    public double read(Row row) throws InvalidSampleException {
        return read(row, InvalidSampleException.expectedNumber(row.number(place)));
    }

    public double read(Row row, String expected) throws InvalidSampleException {
        double value = row.number(place);
        if (Math.abs(value) <= Float.MAX_VALUE) {
            return value;
        }
        throw InvalidSampleException.of(name, row.shown(place), expected);
    }
}
