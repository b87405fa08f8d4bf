package io.freshet.server.predict;

import io.freshet.server.request.Datatype;

/** Receives the values of an output, row by row, in the format of a response. */
public interface TensorValues {
    void number(float value);

    void number(double value);

    void number(long value);

    void flag(boolean value);

    void text(String value);

    /** A value of a row that has no prediction. */
    void missing();

    /** Writes a missing value in a format that has no null: NaN, -1, false, or an empty text. */
    default void substitute(Datatype datatype) {
        switch (datatype) {
            case BYTES -> text("");
            case BOOL -> flag(false);
            case FP32 -> number(Float.NaN);
            case FP64 -> number(Double.NaN);
            default -> number(-1L);
        }
    }
}
