package io.freshet.learning.replica;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How a round changed the numbers of one block: its parameters, and its slots if they are merged.
 *
 * <pre>
 *   change    = float(after - before)
 *   remainder = after - before - change, exactly, if float(before + change) is not after; otherwise 0
 * </pre>
 *
 * So the merge of a single contribution restores its bits, except for the sign of a zero. A remainder is a float, unless the change overflows, and rare: the
 * number has changed its sign, or has become much smaller. Only coordinates whose numbers changed are listed, unless listing all takes no more space. Arrays must not be
 * changed. Pinned by {@code BlockChangeTest}.
 *
 * @param block number of the block
 * @param coordinates changed ones, ascending from the start of the block; null for all
 * @param changes those of the parameters, then those of each slot
 * @param inexact indices in {@code changes}, ascending, of those with a remainder
 * @param remainders of the changes in {@code inexact}
 * @see <a href="https://www-cs-faculty.stanford.edu/~knuth/taocp.html">Knuth, TAOCP 2, 4.2.2, theorem B</a>
 */
public record BlockChange(int block, int @Nullable [] coordinates, float[] changes, int[] inexact, float[] remainders) {
    private static final int[] NO_INDICES = {};
    private static final float[] NO_FLOATS = {};
    /** Numbers that are looked at while they are in the cache of a core. */
    private static final int STRETCH = 1 << 10;

    /**
     * Returns the change between two states of a block, or null if they are equal.
     *
     * @param before parameters, then each slot that is merged
     * @param after the same; what it has after these is ignored
     * @param length count of parameters
     */
    public static @Nullable BlockChange between(int block, float[] before, float[] after, int length) {
        int parts = before.length / length;
        int bytes = Float.BYTES * parts;
        int dense = (int) (((long) bytes * length - 1) / (Integer.BYTES + bytes)) + 1;
        int changed = countChanged(before, after, length, dense);
        if (changed == 0) {
            return null;
        }
        int[] listed = changed < dense ? changed(before, after, length, changed) : null;
        float[] from = listed == null ? before : at(listed, before, length, parts);
        float[] to = listed == null ? after : at(listed, after, length, parts);
        float[] changes = new float[from.length];
        int[] inexact = NO_INDICES;
        float[] remainders = NO_FLOATS;
        int remaining = 0;
        for (int start = 0; start < changes.length; start += STRETCH) {
            int end = Math.min(changes.length, start + STRETCH);
            subtract(from, to, start, end, changes);
            for (int at = start; at < end; at++) {
                if (from[at] + changes[at] != to[at] && Float.isFinite(changes[at])) {
                    if (remaining == inexact.length) {
                        inexact = Arrays.copyOf(inexact, 2 * remaining + 4);
                        remainders = Arrays.copyOf(remainders, 2 * remaining + 4);
                    }
                    inexact[remaining] = at;
                    remainders[remaining++] = remainder(from[at], to[at], changes[at]);
                }
            }
        }
        return new BlockChange(
                block, listed, changes, Arrays.copyOf(inexact, remaining), Arrays.copyOf(remainders, remaining));
    }

    /** Returns the numbers of each part at some coordinates. */
    private static float[] at(int[] coordinates, float[] numbers, int length, int parts) {
        float[] result = new float[parts * coordinates.length];
        for (int part = 0; part < parts; part++) {
            for (int i = 0; i < coordinates.length; i++) {
                result[part * coordinates.length + i] = numbers[part * length + coordinates[i]];
            }
        }
        return result;
    }

    /** Counts the coordinates that changed, at least until there are enough. */
    private static int countChanged(float[] before, float[] after, int length, int enough) {
        int count = 0;
        for (int start = 0; start < length && count < enough; start += STRETCH) {
            int end = Math.min(length, start + STRETCH);
            for (int i = start; i < end; i++) {
                count += isChanged(before, after, length, i) ? 1 : 0;
            }
        }
        return count;
    }

    private static int[] changed(float[] before, float[] after, int length, int count) {
        int[] changed = new int[count];
        int next = 0;
        for (int i = 0; next < count; i++) {
            if (isChanged(before, after, length, i)) {
                changed[next++] = i;
            }
        }
        return changed;
    }

    private static boolean isChanged(float[] before, float[] after, int length, int coordinate) {
        boolean same = before[coordinate] == after[coordinate];
        for (int at = coordinate + length; at < before.length; at += length) {
            same &= before[at] == after[at];
        }
        return !same;
    }

    /** Computes a stretch of changes. The compiler vectorizes the loop, since all arrays have one index. */
    private static void subtract(float[] before, float[] after, int start, int end, float[] changes) {
        for (int i = start; i < end; i++) {
            changes[i] = after[i] - before[i];
        }
    }

    /** Returns after - before - change, exactly. */
    private static float remainder(float before, float after, float change) {
        float negated = change - after;
        return after - (change - negated) + (-before - negated);
    }

    /** Returns the count of listed coordinates. */
    public int count(int length) {
        return coordinates == null ? length : coordinates.length;
    }

    public int coordinate(int i) {
        return coordinates == null ? i : coordinates[i];
    }

    /** Returns the numbers of a block with the change, of which all coordinates are listed. The bits are those of sums in double. */
    public float[] appliedTo(float[] numbers) {
        float[] result = new float[numbers.length];
        for (int i = 0; i < result.length; i++) {
            // Two floats have the same sum in double, rounded to a float.
            result[i] = numbers[i] + changes[i];
        }
        for (int i = 0; i < inexact.length; i++) {
            int at = inexact[i];
            result[at] = (float) ((double) numbers[at] + changes[at] + remainders[i]);
        }
        return result;
    }

    /**
     * Adds a multiple of the change of each number.
     *
     * @param sums one for each number of the block: parameters, then slots
     * @param length count of parameters in the block
     */
    public void addTo(double[] sums, int length, double factor) {
        int count = count(length);
        for (int part = 0; part < changes.length / count; part++) {
            if (coordinates == null) {
                addAll(sums, part * length, count, factor);
            } else {
                addListed(coordinates, sums, part * length, part * count, factor);
            }
        }
        for (int i = 0; i < inexact.length; i++) {
            sums[inexact[i] / count * length + coordinate(inexact[i] % count)] += factor * remainders[i];
        }
    }

    private void addAll(double[] sums, int at, int count, double factor) {
        for (int i = 0; i < count; i++) {
            sums[at + i] += factor * changes[at + i];
        }
    }

    private void addListed(int[] listed, double[] sums, int at, int from, double factor) {
        for (int i = 0; i < listed.length; i++) {
            sums[at + listed[i]] += factor * changes[from + i];
        }
    }
}
