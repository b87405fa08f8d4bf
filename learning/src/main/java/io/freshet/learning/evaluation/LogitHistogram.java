package io.freshet.learning.evaluation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Counts samples by label and logit, for AUC: negatives and positives in {@value #BINS} bins each over
 * [-{@value #LOGIT_RANGE}, {@value #LOGIT_RANGE}].
 *
 * <p>Samples in one bin count as tied, like equal scores. When a bin is full, all bins are halved, which hardly changes
 * AUC, a ratio. Only bins from the smallest to the largest logit are stored, since most small models need few, and a
 * count takes one byte until one of them needs two or four. This is a base class because an object of its own would
 * take more space in each key. Pinned by {@code LogitHistogramTest}.
 */
sealed class LogitHistogram permits Tally {
    static final int BINS = 256;
    static final int LOGIT_RANGE = 12;
    static final int LENGTH = 2 * BINS;

    /** Bins are added in multiples of this divisor of {@link #BINS}. */
    private static final int GRAIN = 8;

    private static final byte[] NONE = {};
    private static final VarHandle CHARS = MethodHandles.byteArrayViewVarHandle(char[].class, ByteOrder.nativeOrder());
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

    /** Negatives and positives of each bin, from bin {@link #first} on, {@link #width} bytes each. */
    private byte[] counts;

    private short first;
    private byte width;

    LogitHistogram() {
        counts = NONE;
        width = Byte.BYTES;
    }

    LogitHistogram(LogitHistogram from) {
        counts = from.counts.length == 0 ? NONE : from.counts.clone();
        first = from.first;
        width = from.width;
    }

    /** Restores what {@link #toArray} returned. */
    LogitHistogram(int[] array) {
        this();
        for (int i = 0; i < array.length; i++) {
            if (array[i] != 0) {
                int bin = i % BINS;
                extend(bin, bin + 1);
                widen(array[i]);
                set(at(bin, i >= BINS), array[i]);
            }
        }
    }

    /** Returns the counts of negatives by bin, then those of positives. */
    int[] toArray() {
        int[] array = new int[LENGTH];
        for (int i = 0; i < length(); i++) {
            array[(i & 1) * BINS + first + i / 2] = get(i);
        }
        return array;
    }

    /** Returns the first bin that can have a count. */
    public int firstBin() {
        return first;
    }

    /** Returns the bin after the last one that can have a count. */
    public int endBin() {
        return first + length() / 2;
    }

    /** Returns the count of a bin from {@link #firstBin} to before {@link #endBin}. */
    int count(int bin, boolean positive) {
        return get(at(bin, positive));
    }

    void add(boolean positive, float logit) {
        int bin = bin(logit);
        int at = at(bin, positive);
        if (at < 0 || at >= length()) {
            extend(bin, bin + 1);
            at = at(bin, positive);
        }
        int count = get(at);
        if (count == Integer.MAX_VALUE) {
            halve();
            count = get(at);
        }
        widen(count + 1);
        set(at, count + 1);
    }

    private int length() {
        return counts.length / width;
    }

    private int at(int bin, boolean positive) {
        return 2 * (bin - first) + (positive ? 1 : 0);
    }

    private int get(int i) {
        return switch (width) {
            case Byte.BYTES -> counts[i] & 0xff;
            case Character.BYTES -> (char) CHARS.get(counts, i * Character.BYTES);
            default -> (int) INTS.get(counts, i * Integer.BYTES);
        };
    }

    private void set(int i, int count) {
        switch (width) {
            case Byte.BYTES -> counts[i] = (byte) count;
            case Character.BYTES -> CHARS.set(counts, i * Character.BYTES, (char) count);
            default -> INTS.set(counts, i * Integer.BYTES, count);
        }
    }

    /** Widens all counts if one as large as this would not fit. */
    private void widen(int largest) {
        int needed = largest <= 0xff ? Byte.BYTES : largest <= Character.MAX_VALUE ? Character.BYTES : Integer.BYTES;
        if (needed <= width) {
            return;
        }
        int[] values = new int[length()];
        Arrays.setAll(values, this::get);
        counts = new byte[values.length * needed];
        width = (byte) needed;
        for (int i = 0; i < values.length; i++) {
            set(i, values[i]);
        }
    }

    /** Extends the stored bins to include a range. */
    private void extend(int from, int to) {
        int newFirst = from / GRAIN * GRAIN;
        int newEnd = (to + GRAIN - 1) / GRAIN * GRAIN;
        if (counts.length > 0) {
            newFirst = Math.min(newFirst, first);
            newEnd = Math.max(newEnd, endBin());
        }
        byte[] extended = new byte[2 * (newEnd - newFirst) * width];
        System.arraycopy(counts, 0, extended, counts.length == 0 ? 0 : 2 * (first - newFirst) * width, counts.length);
        counts = extended;
        first = (short) newFirst;
    }

    void addAll(LogitHistogram other) {
        if (other.counts.length == 0) {
            return;
        }
        if (at(other.first, false) < 0 || at(other.endBin(), false) > length()) {
            extend(other.first, other.endBin());
        }
        int from = at(other.first, false);
        long largest = 0;
        for (int i = 0; i < other.length(); i++) {
            largest = Math.max(largest, (long) get(from + i) + other.get(i));
        }
        boolean full = largest > Integer.MAX_VALUE;
        if (full) {
            halve();
        }
        widen((int) Math.min(largest, Integer.MAX_VALUE));
        for (int i = 0; i < other.length(); i++) {
            set(from + i, get(from + i) + (full ? other.get(i) / 2 : other.get(i)));
        }
    }

    /** Returns the probability that a positive scores above a negative, counting ties half; null without both. */
    @Nullable Double auc() {
        double below = 0;
        double positives = 0;
        double wins = 0;
        for (int i = 0; i < length(); i += 2) {
            double negative = get(i);
            double positive = get(i + 1);
            wins += positive * (below + negative / 2);
            below += negative;
            positives += positive;
        }
        return below == 0 || positives == 0 ? null : wins / (below * positives);
    }

    void clear() {
        Arrays.fill(counts, (byte) 0);
    }

    private void halve() {
        for (int i = 0; i < length(); i++) {
            set(i, get(i) / 2);
        }
    }

    private static int bin(float logit) {
        int bin = (int) ((logit + LOGIT_RANGE) * (BINS / (2f * LOGIT_RANGE)));
        return Math.max(0, Math.min(BINS - 1, bin));
    }
}
