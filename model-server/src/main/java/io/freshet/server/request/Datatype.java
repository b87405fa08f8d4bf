package io.freshet.server.request;

import org.jspecify.annotations.Nullable;

/**
 * The datatypes of the Open Inference Protocol and the JSON values that each accepts.
 *
 * <p>A number must be in its type's range but is not rounded to it: a decimal means the nearest double, as in training
 * samples.
 */
public enum Datatype {
    BOOL("true or false", 0, 0),
    UINT8("a whole number", 0, 0xffL),
    UINT16("a whole number", 0, 0xffffL),
    UINT32("a whole number", 0, 0xffff_ffffL),
    UINT64("a whole number", 0, 0x1p64),
    INT8("a whole number", -0x80L, 0x7fL),
    INT16("a whole number", -0x8000L, 0x7fffL),
    INT32("a whole number", Integer.MIN_VALUE, Integer.MAX_VALUE),
    INT64("a whole number", -0x1p63, 0x1p63),
    FP16("a number", -65504, 65504),
    FP32("a number", -Float.MAX_VALUE, Float.MAX_VALUE),
    FP64("a number", -Double.MAX_VALUE, Double.MAX_VALUE),
    BYTES("a string", 0, 0);

    private final String what;
    private final double least;
    private final double most;

    Datatype(String what, double least, double most) {
        this.what = what;
        this.least = least;
        this.most = most;
    }

    static @Nullable Datatype named(String name) {
        for (Datatype datatype : values()) {
            if (datatype.name().equals(name)) {
                return datatype;
            }
        }
        return null;
    }

    public boolean isText() {
        return this == BYTES;
    }

    /** Returns whether a number is in the range of this type, and whole if the type is. */
    boolean contains(double number) {
        return number >= least && number <= most && (!isWhole() || number == Math.rint(number));
    }

    /** Describes a value of this type for messages: {@code a whole number (INT8)}. */
    String expectation() {
        return what + " (" + name() + ")";
    }

    private boolean isWhole() {
        return this != FP16 && this != FP32 && this != FP64;
    }
}
