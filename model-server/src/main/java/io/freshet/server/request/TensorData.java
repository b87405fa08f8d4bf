package io.freshet.server.request;

import java.util.Arrays;

/**
 * The values of a tensor in request order. Each value's kind is kept, because the datatype may follow the data.
 *
 * <p>Grows as values are added. Not thread-safe.
 */
public final class TensorData {
    private static final byte NUMBER = 0;
    private static final byte FLAG = 1;
    private static final byte TEXT = 2;
    private static final byte NULL = 3;

    private final Nesting nesting = new Nesting();
    private byte[] kinds = new byte[4];
    private double[] numbers = new double[4];
    private String[] texts = new String[0];
    private int size;

    Nesting nesting() {
        return nesting;
    }

    void addNumber(double value) {
        add(NUMBER);
        numbers[size - 1] = value;
    }

    void addFlag(boolean value) {
        add(FLAG);
        numbers[size - 1] = value ? 1 : 0;
    }

    void addText(String value) {
        add(TEXT);
        if (texts.length < size) {
            texts = Arrays.copyOf(texts, kinds.length);
        }
        texts[size - 1] = value;
    }

    void addNull() {
        add(NULL);
    }

    int size() {
        return size;
    }

    /** Returns the values as numbers; flags are 0 or 1. The array may be longer than the data. */
    public double[] numbers() {
        return numbers;
    }

    /** Returns the values as strings. The array may be longer than the data. */
    public String[] texts() {
        return texts;
    }

    /** Returns the index of the first value that is neither valid for a datatype nor null, or -1. */
    int firstMismatch(Datatype datatype) {
        byte expected = datatype.isText() ? TEXT : datatype == Datatype.BOOL ? FLAG : NUMBER;
        for (int i = 0; i < size; i++) {
            boolean matches = kinds[i] == expected && (expected != NUMBER || datatype.contains(numbers[i]));
            if (!matches && kinds[i] != NULL) {
                return i;
            }
        }
        return -1;
    }

    public boolean isNull(int i) {
        return kinds[i] == NULL;
    }

    /** Returns the index of the first null, or -1. */
    int firstNull() {
        for (int i = 0; i < size; i++) {
            if (isNull(i)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns a value as sent, truncated if it is long, for messages. */
    public String excerpt(int i) {
        return switch (kinds[i]) {
            case NULL -> "null";
            case FLAG -> numbers[i] == 0 ? "false" : "true";
            case TEXT -> Excerpt.text(texts[i]);
            default -> {
                long whole = (long) numbers[i];
                yield whole == numbers[i] && Math.abs(whole) < 1L << 53
                        ? Long.toString(whole)
                        : Double.toString(numbers[i]);
            }
        };
    }

    private void add(byte kind) {
        if (size == kinds.length) {
            kinds = Arrays.copyOf(kinds, size * 2);
            numbers = Arrays.copyOf(numbers, size * 2);
        }
        kinds[size++] = kind;
        nesting.value();
    }
}
