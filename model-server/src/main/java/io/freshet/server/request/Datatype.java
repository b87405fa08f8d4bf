package io.freshet.server.request;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The datatypes of the Open Inference Protocol, and the values that each accepts.
 *
 * <p>A number must be in the range of its type, but is not rounded to the type: it is read as the nearest double, as in
 * training samples. The range of an integer is checked before it is rounded.
 */
public enum Datatype {
    BOOL("true or false", 1, 0, 0),
    UINT8("a whole number", 1, 0, 0xffL),
    UINT16("a whole number", 2, 0, 0xffffL),
    UINT32("a whole number", 4, 0, 0xffff_ffffL),
    UINT64("a whole number", 8, 0, Math.nextDown(0x1p64)),
    INT8("a whole number", 1, -0x80L, 0x7fL),
    INT16("a whole number", 2, -0x8000L, 0x7fffL),
    INT32("a whole number", 4, Integer.MIN_VALUE, Integer.MAX_VALUE),
    INT64("a whole number", 8, -0x1p63, Math.nextDown(0x1p63)),
    FP16("a number", 2, -65504, 65504),
    /** The upper half of an FP32; in binary form only. */
    BF16("a number", 2, -Float.MAX_VALUE, Float.MAX_VALUE),
    FP32("a number", 4, -Float.MAX_VALUE, Float.MAX_VALUE),
    FP64("a number", 8, -Double.MAX_VALUE, Double.MAX_VALUE),
    BYTES("a string", 0, 0, 0);

    private static final Map<String, Datatype> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(Datatype::name, datatype -> datatype));

    private final String description;
    private final int bytes;
    private final double minimum;
    private final double maximum;

    Datatype(String description, int bytes, double minimum, double maximum) {
        this.description = description;
        this.bytes = bytes;
        this.minimum = minimum;
        this.maximum = maximum;
    }

    static @Nullable Datatype named(String name) {
        return BY_NAME.get(name);
    }

    public boolean isText() {
        return this == BYTES;
    }

    /** Returns the size of a value in binary form, or 0 for BYTES, whose values have different sizes. */
    public int bytes() {
        return bytes;
    }

    /** Returns whether a number is in the range of this type, and whole if the type is. */
    boolean contains(double number) {
        return isNumber()
                && number >= minimum
                && number <= maximum
                && (isFloatingPoint() || number == Math.rint(number));
    }

    /** Returns whether a long is in the range of this type; the largest ones are rounded to 2^63. */
    boolean containsLong(double number) {
        return this == INT64 || (this == UINT64 ? number >= 0 : contains(number));
    }

    /** Returns whether an integer that does not fit into a long is in the range of this type, other than UINT64. */
    boolean containsLarge(double number) {
        return isFloatingPoint() && contains(number);
    }

    /** Describes a value of this type for messages: {@code a whole number (INT8)}. */
    String expectation() {
        return description + " (" + name() + ")";
    }

    private boolean isNumber() {
        return this != BOOL && this != BYTES;
    }

    private boolean isFloatingPoint() {
        return this == FP16 || this == BF16 || this == FP32 || this == FP64;
    }
}
