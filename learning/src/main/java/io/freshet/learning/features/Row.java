package io.freshet.learning.features;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One record's fields in flat arrays, indexed by the places of a {@link RowLayout}. Reused for each record.
 *
 * <p>Numbers are doubles. Texts are UTF-8 ranges of {@link #bytes()}, which may be the record's own bytes, so that
 * texts need not be copied. Vectors are float arrays that grow to the longest vector so far. A sparse vector takes the place
 * of a text. Not thread-safe.
 */
public final class Row {
    /** The maximum length of a vector. A row keeps an array of the longest it has received. */
    public static final int LONGEST_VECTOR = 1 << 20;

    /** Marks a number that the record does not contain: a NaN that no arithmetic produces. */
    private static final long ABSENT_BITS = 0x7ff8_0000_0f0e_0d0cL;

    /** Marks a number that the record contains in an invalid form. */
    private static final long INVALID_BITS = ABSENT_BITS + 1;

    /** Marks a number that the record contains as a text. */
    private static final long WORD_BITS = ABSENT_BITS + 2;

    /** The same, for a text in quotes. */
    private static final long QUOTED_WORD_BITS = ABSENT_BITS + 3;

    private static final double INVALID_NUMBER = Double.longBitsToDouble(INVALID_BITS);
    private static final int MISSING = -1;
    private static final int INVALID = -2;

    private static final double ABSENT = Double.longBitsToDouble(ABSENT_BITS);
    private static final byte[] NO_ID = {};

    private final double[] numbers;
    private final int[] textFrom;
    private final int[] textTo;
    private final int[][] sparseIndices;
    private final float[][] sparseValues;
    private final int[] sparseLength;
    private final float[][] vectors;
    private final int[] vectorLength;
    private final RowWords words;
    private byte[] own = new byte[256];
    private int ownLength;
    private byte[] bytes = own;
    private long eventTime;
    private int epoch;
    private byte[] idBytes = NO_ID;
    private int idFrom;
    private int idTo;
    private Stage stage = Stage.COMPLETE;
    private double previousNumber = Double.NaN;
    private byte @Nullable [] previousText;

    public Row(RowLayout layout) {
        numbers = new double[layout.numbers().size()];
        words = new RowWords(numbers.length);
        textFrom = new int[layout.texts().size()];
        textTo = new int[layout.texts().size()];
        sparseIndices = new int[textFrom.length][0];
        sparseValues = new float[textFrom.length][0];
        sparseLength = new int[textFrom.length];
        vectors = new float[layout.vectors().size()][0];
        vectorLength = new int[vectors.length];
        clear(own);
    }

    /** Removes all fields; the next record's texts are ranges of {@code payload}. */
    public void clear(byte[] payload) {
        Arrays.fill(numbers, ABSENT);
        Arrays.fill(textFrom, MISSING);
        Arrays.fill(textTo, MISSING);
        Arrays.fill(sparseLength, -1);
        Arrays.fill(vectorLength, -1);
        bytes = payload;
        words.clear();
        eventTime = 0;
        epoch = 0;
        id(NO_ID, 0, 0);
        stage = Stage.COMPLETE;
        removePrevious();
    }

    /** Removes all fields; the next record's texts are copied by {@link #copyText}. */
    public void clear() {
        clear(own);
        ownLength = 0;
    }

    /** Sets a number. Every NaN is the same: some of its bits mark what a record contains instead of a number. */
    public void number(int place, double value) {
        numbers[place] = Double.isNaN(value) ? Double.NaN : value;
    }

    /** Marks a number that the record contains in an invalid form, which every model rejects. */
    public void invalidNumber(int place) {
        numbers[place] = INVALID_NUMBER;
    }

    /**
     * Sets a number that the record contains as the text {@code source[from, to)}, without blanks around it. It may stand for a
     * missing value; each model decides. Of a long text, the start is kept, which no model accepts.
     *
     * @param quoted whether messages show it in quotes
     */
    public void word(int place, char[] source, int from, int to, boolean quoted) {
        words.set(place, source, from, to);
        numbers[place] = Double.longBitsToDouble(quoted ? QUOTED_WORD_BITS : WORD_BITS);
    }

    /** Does the same with the UTF-8 text {@code source[from, to)}. */
    public void word(int place, byte[] source, int from, int to, boolean quoted) {
        words.set(place, source, from, to);
        numbers[place] = Double.longBitsToDouble(quoted ? QUOTED_WORD_BITS : WORD_BITS);
    }

    /** Marks a text or sparse vector that the record contains in an invalid form, which every model rejects. */
    public void invalidText(int place) {
        textFrom[place] = INVALID;
        textTo[place] = INVALID;
        sparseLength[place] = -1;
    }

    /** Sets a text to {@code bytes()[from, to)}. */
    public void text(int place, int from, int to) {
        textFrom[place] = from;
        textTo[place] = to;
    }

    /** Copies a text into the row, which must have been cleared by {@link #clear()}. */
    public void copyText(int place, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        copyText(place, utf8, 0, utf8.length);
    }

    /**
     * Copies the UTF-8 text {@code source[from, to)} into the row, which must have been cleared by {@link #clear()}.
     */
    public void copyText(int place, byte[] source, int from, int to) {
        int end = ownLength + to - from;
        ensureOwn(end);
        System.arraycopy(source, from, own, ownLength, to - from);
        text(place, ownLength, end);
        ownLength = end;
    }

    /**
     * Copies the text {@code source[from, to)} into the row as UTF-8, with {@code ?} for half of a surrogate pair. The row must
     * have been cleared by {@link #clear()}.
     */
    public void copyText(int place, char[] source, int from, int to) {
        ensureOwn(ownLength + Utf8.MAXIMUM_BYTES * (to - from));
        int end = Utf8.encode(source, from, to, own, ownLength);
        text(place, ownLength, end);
        ownLength = end;
    }

    /**
     * Adds a text to a row whose other texts are ranges of a record, such as the name of a class as the label. Copies the record;
     * meant for one text.
     */
    public void addText(int place, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (bytes == own) {
            copyText(place, utf8, 0, utf8.length);
            return;
        }
        int from = bytes.length;
        bytes = Arrays.copyOf(bytes, from + utf8.length);
        System.arraycopy(utf8, 0, bytes, from, utf8.length);
        text(place, from, bytes.length);
    }

    private void ensureOwn(int length) {
        if (length > own.length) {
            own = Arrays.copyOf(own, Math.max(own.length * 2, length));
            bytes = own;
        }
    }

    /**
     * Sets the number of entries of the sparse vector in the place of a text, or removes it if the number is -1. {@link
     * #sparseIndices} and {@link #sparseValues} then have at least that length, and keep the entries that they have.
     */
    public void sparse(int place, int length) {
        int capacity = sparseIndices[place].length;
        if (capacity < length) {
            int grown = Math.max(length, Math.min(2 * capacity, LONGEST_VECTOR));
            sparseIndices[place] = Arrays.copyOf(sparseIndices[place], grown);
            sparseValues[place] = Arrays.copyOf(sparseValues[place], grown);
        }
        sparseLength[place] = length;
    }

    /**
     * Sets the length of a vector, and returns an array of at least that length to write its numbers to. Existing
     * numbers are kept, so a vector can grow in several calls.
     */
    public float[] vector(int place, int length) {
        int capacity = vectors[place].length;
        if (capacity < length) {
            // Double the capacity if there are numbers to keep, so that growing in small steps takes linear time.
            int grown = vectorLength[place] > 0 ? Math.max(length, Math.min(2 * capacity, LONGEST_VECTOR)) : length;
            vectors[place] = Arrays.copyOf(vectors[place], grown);
        }
        vectorLength[place] = length;
        return vectors[place];
    }

    /** Removes a vector, which the record contains in an invalid form. */
    public void removeVector(int place) {
        vectorLength[place] = -1;
    }

    /** Sets the pass over a bounded input that the record belongs to, from 0. */
    public void epoch(int number) {
        epoch = number;
    }

    /** Sets the record's id, assigned by its producer, to the UTF-8 text {@code source[from, to)}. */
    public void id(byte[] source, int from, int to) {
        idBytes = source;
        idFrom = from;
        idTo = to;
    }

    /** Sets the record's id, assigned by its producer, or "". */
    public void id(String id) {
        byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
        id(utf8, 0, utf8.length);
    }

    /** Sets when the sample happened, in milliseconds since 1970, UTC. */
    public void eventTime(long millis) {
        eventTime = millis;
    }

    /** Sets what the record says about its label. */
    public void stage(Stage value) {
        stage = value;
    }

    /** Sets the label that this one replaces to a number. */
    public void previous(double number) {
        removePrevious();
        previousNumber = number;
    }

    /** Sets the label that this one replaces to the name of a class, as UTF-8. */
    public void previous(byte[] text) {
        removePrevious();
        previousText = text;
    }

    /** Removes the label that this one replaces. */
    public void removePrevious() {
        previousNumber = Double.NaN;
        previousText = null;
    }

    public double number(int place) {
        return numbers[place];
    }

    /** Returns whether the record contains the number, finite or not, in a valid form. */
    public boolean hasNumber(int place) {
        long bits = Double.doubleToRawLongBits(numbers[place]);
        return bits < ABSENT_BITS || bits > QUOTED_WORD_BITS;
    }

    /** Returns whether the record lacks the number: it is absent, null, or NaN. */
    public boolean isNumberMissing(int place) {
        return Double.isNaN(numbers[place])
                && (hasNumber(place) || Double.doubleToRawLongBits(numbers[place]) == ABSENT_BITS);
    }

    /** Returns whether the record contains the number as a text. */
    public boolean isWord(int place) {
        long bits = Double.doubleToRawLongBits(numbers[place]);
        return bits == WORD_BITS || bits == QUOTED_WORD_BITS;
    }

    /** Returns whether the record contains any number as a text. */
    public boolean hasWords() {
        return words.any();
    }

    /** Returns the array that contains the texts in the places of numbers. */
    public byte[] words() {
        return words.bytes();
    }

    public int wordFrom(int place) {
        return words.from(place);
    }

    public int wordTo(int place) {
        return words.to(place);
    }

    /** Returns the text in the place of a number. Allocates. */
    public String word(int place) {
        return words.text(place);
    }

    /** Returns what the record contains in the place of a number, for messages: a number, a text, or {@code missing}. */
    public Object shown(int place) {
        if (!isWord(place)) {
            return hasNumber(place) ? (Object) numbers[place] : "missing";
        }
        return words.shown(place, Double.doubleToRawLongBits(numbers[place]) == QUOTED_WORD_BITS);
    }

    /** Returns whether the record lacks the text. Then {@link #textFrom} equals {@link #textTo}, as for an empty text. */
    public boolean isTextMissing(int place) {
        return textFrom[place] == MISSING;
    }

    public boolean hasText(int place) {
        return textFrom[place] >= 0;
    }

    public int textFrom(int place) {
        return textFrom[place];
    }

    public int textTo(int place) {
        return textTo[place];
    }

    /** Returns a text as a string. Allocates; meant for messages and keys. */
    public String text(int place) {
        return new String(bytes, textFrom[place], textTo[place] - textFrom[place], StandardCharsets.UTF_8);
    }

    /** Returns the array that contains the texts. */
    public byte[] bytes() {
        return bytes;
    }

    /** Returns whether the record has a sparse vector in the place of a text. */
    public boolean hasSparse(int place) {
        return sparseLength[place] >= 0;
    }

    /** Returns the number of entries of a sparse vector, or -1 if it was not in the record. */
    public int sparseLength(int place) {
        return sparseLength[place];
    }

    /** Returns the array that starts with the indices of a sparse vector. */
    public int[] sparseIndices(int place) {
        return sparseIndices[place];
    }

    /** Returns the array that starts with the values of a sparse vector. */
    public float[] sparseValues(int place) {
        return sparseValues[place];
    }

    public boolean hasVector(int place) {
        return vectorLength[place] >= 0;
    }

    /** Returns the array that starts with a vector. */
    public float[] vector(int place) {
        return vectors[place];
    }

    /** Returns the length of a vector, or -1 if it was not in the record. */
    public int vectorLength(int place) {
        return vectorLength[place];
    }

    public long eventTime() {
        return eventTime;
    }

    public int epoch() {
        return epoch;
    }

    public Stage stage() {
        return stage;
    }

    /** Returns whether the record has a label that this one replaces, and it is a number. */
    public boolean hasPreviousNumber() {
        return !Double.isNaN(previousNumber);
    }

    /** Returns the label that this one replaces; NaN if there is none, or it is a text. */
    public double previousNumber() {
        return previousNumber;
    }

    /** Returns the name of the class that this one replaces, as UTF-8; null if there is none, or it is a number. */
    public byte @Nullable [] previousText() {
        return previousText;
    }

    public boolean hasId() {
        return idTo > idFrom;
    }

    /** Returns the array that contains the id. */
    public byte[] idBytes() {
        return idBytes;
    }

    public int idFrom() {
        return idFrom;
    }

    public int idTo() {
        return idTo;
    }

    /** Returns the id as a string, or "". Allocates. */
    public String id() {
        return new String(idBytes, idFrom, idTo - idFrom, StandardCharsets.UTF_8);
    }
}
