package io.freshet.server.serve;

import java.util.Arrays;

/**
 * The values of a tensor as they stood in the request, in order, whatever its datatype: that may come after them.
 *
 * <p>Grows as values are added. Not thread-safe.
 */
final class TensorData {
    private enum Kind {
        NUMBER,
        FLAG,
        TEXT,
        NULL
    }

    private Kind[] kinds = new Kind[4];
    private double[] numbers = new double[4];
    private String[] texts = new String[0];
    private int size;
    private boolean flat;
    private int narrowest = Integer.MAX_VALUE;
    private int widest;

    void number(double value) {
        add(Kind.NUMBER);
        numbers[size - 1] = value;
    }

    void flag(boolean value) {
        add(Kind.FLAG);
        numbers[size - 1] = value ? 1 : 0;
    }

    void text(String value) {
        add(Kind.TEXT);
        if (texts.length < size) {
            texts = Arrays.copyOf(texts, kinds.length);
        }
        texts[size - 1] = value;
    }

    void nothing() {
        add(Kind.NULL);
    }

    /** Says that the last values stood outside of any inner array. */
    void flat() {
        flat = true;
    }

    /** Says that the last {@code width} values stood in an inner array. */
    void row(int width) {
        narrowest = Math.min(narrowest, width);
        widest = Math.max(widest, width);
    }

    int size() {
        return size;
    }

    /** Whether the values stand in one array, or each in an inner array of its own. */
    boolean isColumn() {
        return flat ? widest == 0 && narrowest == Integer.MAX_VALUE : size == 0 || (narrowest == 1 && widest == 1);
    }

    /** Returns the values as numbers: flags are 0 and 1. */
    double[] numbers() {
        return numbers;
    }

    /** Returns the values as texts. */
    String[] texts() {
        return texts;
    }

    /** Returns the place of the first value that is not one of {@code datatype}, or -1. */
    int firstOther(Datatype datatype) {
        Kind expected = datatype.text() ? Kind.TEXT : datatype == Datatype.BOOL ? Kind.FLAG : Kind.NUMBER;
        for (int i = 0; i < size; i++) {
            if (kinds[i] != expected || (expected == Kind.NUMBER && !datatype.takes(numbers[i]))) {
                return i;
            }
        }
        return -1;
    }

    /** Returns a value as it stood in the request, cut if it is long, for messages. */
    String show(int i) {
        return switch (kinds[i]) {
            case NULL -> "null";
            case FLAG -> numbers[i] == 0 ? "false" : "true";
            case TEXT -> Shown.text(texts[i]);
            case NUMBER -> {
                long whole = (long) numbers[i];
                yield whole == numbers[i] && Math.abs(whole) < 1L << 53
                        ? Long.toString(whole)
                        : Double.toString(numbers[i]);
            }
        };
    }

    private void add(Kind kind) {
        if (size == kinds.length) {
            kinds = Arrays.copyOf(kinds, size * 2);
            numbers = Arrays.copyOf(numbers, size * 2);
        }
        kinds[size++] = kind;
    }
}
