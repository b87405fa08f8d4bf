package io.freshet.server.request;

import io.freshet.server.body.RequestExcerpt;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The values of a tensor in request order. Each value's kind is kept, because the datatype may follow the data.
 *
 * <p>Grows as values are added. Not thread-safe.
 */
public final class TensorData {
    /** A number with a decimal point or an exponent, as the nearest double. */
    private static final byte DECIMAL = 0;
    /** An integer that fits into a long; large ones are rounded to a double, so their range is kept as their kind. */
    private static final byte LONG = 1;
    /** An integer that fits into an unsigned long only. */
    private static final byte UNSIGNED_LONG = 2;
    /** An integer of more than 64 bits. */
    private static final byte LARGE = 3;

    private static final byte FLAG = 4;
    private static final byte TEXT = 5;
    private static final byte NULL = 6;
    /** The objects of a text and a reference to it. */
    private static final int TEXT_BYTES = 48;

    private static final String[] NO_TEXTS = {};

    private final Nesting nesting = new Nesting();
    private byte[] kinds;
    private double[] numbers;
    private String[] texts = NO_TEXTS;
    private int size;
    /** The first value as sent, if it is a number in a text. */
    private @Nullable String first;

    TensorData() {
        this(4);
    }

    /** @param capacity expected number of values, at least 1 */
    TensorData(int capacity) {
        kinds = new byte[capacity];
        numbers = new double[capacity];
    }

    private TensorData(double[] numbers, String[] texts, int size, byte kind) {
        this.numbers = numbers;
        this.texts = texts;
        this.size = size;
        kinds = new byte[size];
        Arrays.fill(kinds, kind);
    }

    /**
     * Returns flat values of a type other than BYTES, in the range of the fields or bytes they were read from.
     *
     * @param numbers the values, not copied; flags are 0 or 1
     */
    public static TensorData numbers(Datatype datatype, double[] numbers) {
        byte kind = switch (datatype) {
            case BOOL -> FLAG;
            case FP16, BF16, FP32, FP64 -> DECIMAL;
            case UINT64 -> UNSIGNED_LONG;
            default -> LONG;
        };
        return new TensorData(numbers, NO_TEXTS, numbers.length, kind);
    }

    /**
     * Returns flat numbers of type FP64.
     *
     * @param numbers the values, not copied
     * @param present those that are not null
     */
    public static TensorData numbers(double[] numbers, BitSet present) {
        TensorData data = new TensorData(numbers, NO_TEXTS, numbers.length, DECIMAL);
        for (int i = present.nextClearBit(0); i < numbers.length; i = present.nextClearBit(i + 1)) {
            data.kinds[i] = NULL;
        }
        return data;
    }

    /**
     * Returns flat numbers of type FP64, and texts in the place of others.
     *
     * @param numbers the values, not copied
     * @param present those that are numbers
     * @param texts the values that are none, which may be null; may be shorter than the data
     */
    public static TensorData numbersOrTexts(double[] numbers, BitSet present, @Nullable String[] texts) {
        TensorData data = numbers(numbers, present);
        data.texts = texts;
        for (int i = 0; i < Math.min(texts.length, numbers.length); i++) {
            if (texts[i] != null && !present.get(i)) {
                data.kinds[i] = TEXT;
            }
        }
        return data;
    }

    /** @param texts the values, not copied; some may be null */
    public static TensorData optionalTexts(@Nullable String[] texts) {
        TensorData data = new TensorData(new double[0], texts, texts.length, TEXT);
        for (int i = 0; i < texts.length; i++) {
            if (texts[i] == null) {
                data.kinds[i] = NULL;
            }
        }
        return data;
    }

    /** @param texts the values, not copied */
    public static TensorData texts(String[] texts) {
        return new TensorData(new double[0], texts, texts.length, TEXT);
    }

    /** Returns the double nearest to an unsigned long. */
    public static double unsigned(long value) {
        // Halves large values, and keeps the lowest bit so that rounding is the same.
        return value >= 0 ? value : ((value >>> 1) | (value & 1)) * 2.0;
    }

    Nesting nesting() {
        return nesting;
    }

    void addDecimal(double value) {
        add(DECIMAL);
        numbers[size - 1] = value;
    }

    void addInteger(long value) {
        add(LONG);
        numbers[size - 1] = value;
    }

    void addInteger(BigInteger value) {
        add(value.signum() >= 0 && value.bitLength() <= Long.SIZE ? UNSIGNED_LONG : LARGE);
        numbers[size - 1] = value.doubleValue();
    }

    /** Keeps the text of the first value, a number. */
    void keepFirst(String sent) {
        first = sent;
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

    public int size() {
        return size;
    }

    /** Returns about how much memory the values need. */
    long bytes() {
        long bytes = kinds.length + (long) Double.BYTES * numbers.length;
        for (String text : texts) {
            bytes += text == null ? Integer.BYTES : TEXT_BYTES + (long) Character.BYTES * text.length();
        }
        return bytes;
    }

    /** Returns the values as numbers; flags are 0 or 1. The array may be longer than the data. */
    public double[] numbers() {
        return numbers;
    }

    /** Returns the values as strings. The array may be longer than the data. */
    public String[] texts() {
        return texts;
    }

    /**
     * Returns the index of the first value that is neither valid for a datatype nor null, or -1. A text in the place of a number may
     * stand for a missing one; the model decides.
     */
    int firstMismatch(Datatype datatype) {
        for (int i = 0; i < size; i++) {
            if (!matches(i, datatype) && !isText(i)) {
                return i;
            }
        }
        return -1;
    }

    private boolean matches(int i, Datatype datatype) {
        return switch (kinds[i]) {
            case DECIMAL -> datatype.contains(numbers[i]);
            case LONG -> datatype.containsLong(numbers[i]);
            case UNSIGNED_LONG -> datatype == Datatype.UINT64 || datatype.containsLarge(numbers[i]);
            case LARGE -> datatype.containsLarge(numbers[i]);
            case FLAG -> datatype == Datatype.BOOL;
            case TEXT -> datatype.isText();
            default -> true;
        };
    }

    public boolean isNull(int i) {
        return kinds[i] == NULL;
    }

    /** Returns whether a value is a text. */
    public boolean isText(int i) {
        return kinds[i] == TEXT;
    }

    /** Returns whether a value is true or false. */
    public boolean isFlag(int i) {
        return kinds[i] == FLAG;
    }

    /** Returns the index in {@code [from, to)} of the first value that is null, or a text in the place of a number, or -1. */
    int firstWithoutValue(Datatype datatype, int from, int to) {
        for (int i = from; i < to; i++) {
            if (isNull(i) || !matches(i, datatype)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns a value for messages: texts and the first number as sent, truncated if long. */
    public String excerpt(int i) {
        return switch (kinds[i]) {
            case NULL -> "null";
            case FLAG -> numbers[i] == 0 ? "false" : "true";
            case TEXT -> RequestExcerpt.text(texts[i]);
            default -> {
                if (i == 0 && first != null) {
                    yield RequestExcerpt.name(first);
                }
                boolean exact = numbers[i] == Math.rint(numbers[i]) && Math.abs(numbers[i]) < 0x1p53;
                yield exact ? Long.toString((long) numbers[i]) : Double.toString(numbers[i]);
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
