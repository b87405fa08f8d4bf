package io.freshet.learning.merge;

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
 * So the merge of a single contribution restores its bits. A remainder is a float, unless the change overflows, and rare: the
 * number has changed its sign, or has become much smaller. Only coordinates whose numbers changed are listed, unless listing all takes no more space. Arrays must not be
 * changed. Pinned by {@code BlockChangeTest}.
 *
 * @param block number of the block
 * @param coordinates changed ones, ascending from the start of the block; null for all
 * @param changes those of the parameters, then those of each slot
 * @param inexact indices in {@code changes}, ascending, of those with a remainder
 * @param remainders of the changes in {@code inexact}
 * @param squares the squared gradients that the optimizer has accumulated for each listed coordinate, 0 if it has not
 *     changed; empty unless the merge needs them
 * @see <a href="https://www-cs-faculty.stanford.edu/~knuth/taocp.html">Knuth, TAOCP 2, 4.2.2, theorem B</a>
 */
public record BlockChange(
        int block, int @Nullable [] coordinates, float[] changes, int[] inexact, float[] remainders, float[] squares) {
    private static final int[] NO_INDICES = {};
    private static final float[] NO_FLOATS = {};

    /**
     * Returns the change between two states of a block, or null if they are equal.
     *
     * @param before parameters, then each slot that is merged
     * @param after the same; what it has after these is ignored
     * @param length count of parameters
     * @param squares accumulated squared gradient of each parameter; empty unless the merge needs them
     * @param transfer of the change
     */
    public static @Nullable BlockChange between(
            int block, float[] before, float[] after, int length, float[] squares, Transfer transfer) {
        int all = countChanged(before, after, length);
        int parts = before.length / length;
        long bytes = transfer.bytes() * parts + (squares.length > 0 ? Float.BYTES : 0);
        if (all == 0) {
            return null;
        }
        boolean isDense = (Integer.BYTES + bytes) * all >= bytes * length;
        int count = isDense ? length : all;
        int[] changed = isDense && squares.length == 0 ? NO_INDICES : changed(before, after, length, all);
        float[] changes = new float[parts * count];
        int[] inexact = NO_INDICES;
        float[] remainders = NO_FLOATS;
        int remaining = 0;
        for (int part = 0; part < parts; part++) {
            for (int i = 0; i < count; i++) {
                int at = part * length + (isDense ? i : changed[i]);
                float change = after[at] - before[at];
                changes[part * count + i] = change;
                if ((float) ((double) before[at] + change) != after[at] && Float.isFinite(change)) {
                    if (remaining == inexact.length) {
                        inexact = Arrays.copyOf(inexact, 2 * remaining + 4);
                        remainders = Arrays.copyOf(remainders, 2 * remaining + 4);
                    }
                    inexact[remaining] = part * count + i;
                    remainders[remaining++] = remainder(before[at], after[at], change);
                }
            }
        }
        return new BlockChange(
                block,
                isDense ? null : changed,
                changes,
                Arrays.copyOf(inexact, remaining),
                Arrays.copyOf(remainders, remaining),
                squares.length == 0 ? NO_FLOATS : squaresOf(changed, squares, isDense));
    }

    private static float[] squaresOf(int[] changed, float[] squares, boolean isDense) {
        float[] result = new float[isDense ? squares.length : changed.length];
        for (int i = 0; i < changed.length; i++) {
            result[isDense ? changed[i] : i] = squares[changed[i]];
        }
        return result;
    }

    private static int countChanged(float[] before, float[] after, int length) {
        int count = 0;
        for (int i = 0; i < length; i++) {
            count += isChanged(before, after, length, i) ? 1 : 0;
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

    /**
     * Adds a multiple of the change of each number.
     *
     * @param sums one for each number of the block: parameters, then slots
     * @param length count of parameters in the block
     * @param fromPart 0 for the parameters, 1 for slot 0, and so on
     * @param toPart exclusive
     */
    public void addTo(double[] sums, int length, int fromPart, int toPart, double factor) {
        int count = count(length);
        for (int part = fromPart; part < toPart; part++) {
            if (coordinates == null) {
                addAll(sums, part * length, count, factor);
            } else {
                addListed(coordinates, sums, part * length, part * count, factor);
            }
        }
        for (int i = 0; i < inexact.length; i++) {
            int part = inexact[i] / count;
            if (part >= fromPart && part < toPart) {
                sums[part * length + coordinate(inexact[i] % count)] += factor * remainders[i];
            }
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

    /** Returns the size in bytes: 4 for each index, and for each number that is not a change. */
    public long bytes(Transfer transfer) {
        long others = (long) inexact.length + remainders.length + squares.length;
        return (long) transfer.bytes() * changes.length
                + Float.BYTES * (others + (coordinates == null ? 0 : coordinates.length));
    }
}
