package io.freshet.learning.features;

import io.freshet.learning.evaluation.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The offsets of each partition of a lineage, in one array: a model with many keys has a lineage for each.
 *
 * <pre>
 *   places = partition | first offset received | last offset learned | first offset of the open window, or -1 | next partition ...
 * </pre>
 */
final class PartitionOffsets {
    static final int FIRST = 1;
    static final int LAST = 2;
    static final int WINDOW = 3;

    private static final int PARTITION = 0;
    private static final int WIDTH = 4;

    private PartitionOffsets() {}

    static long[] of(int[] partitions, long[] firstOffsets, long[] offsets, long[] windowOffsets) {
        long[] places = new long[WIDTH * partitions.length];
        for (int i = 0; i < partitions.length; i++) {
            places[WIDTH * i + PARTITION] = partitions[i];
            places[WIDTH * i + FIRST] = firstOffsets[i];
            places[WIDTH * i + LAST] = offsets[i];
            places[WIDTH * i + WINDOW] = windowOffsets[i];
        }
        return places;
    }

    /** Returns where the numbers of a partition start; the end of the array if it has none. */
    static int find(long[] places, int partition) {
        int at = 0;
        while (at < places.length && places[at + PARTITION] != partition) {
            at += WIDTH;
        }
        return at;
    }

    /** Returns the places with another partition, whose first sample is received at an offset. */
    static long[] add(long[] places, int partition, long offset) {
        int at = places.length;
        long[] added = Arrays.copyOf(places, at + WIDTH);
        added[at + PARTITION] = partition;
        added[at + FIRST] = offset;
        added[at + LAST] = offset - 1;
        added[at + WINDOW] = -1;
        return added;
    }

    /** Returns the places with those of a replica, whose window continues the open one. */
    static long[] merged(long[] places, long[] replica) {
        long[] merged = places;
        for (int from = 0; from < replica.length; from += WIDTH) {
            int at = find(merged, (int) replica[from + PARTITION]);
            if (at == merged.length) {
                merged = add(merged, (int) replica[from + PARTITION], replica[from + FIRST]);
            }
            merged[at + LAST] = replica[from + LAST];
            if (merged[at + WINDOW] < 0) {
                merged[at + WINDOW] = replica[from + WINDOW];
            }
        }
        return merged;
    }

    static void learned(long[] places, int at, long offset) {
        places[at + LAST] = offset;
        if (places[at + WINDOW] < 0) {
            places[at + WINDOW] = offset;
        }
    }

    static void nextWindow(long[] places) {
        for (int at = 0; at < places.length; at += WIDTH) {
            places[at + WINDOW] = -1;
        }
    }

    /** Returns the offsets of the samples learned in the open window. */
    static List<Event.Offsets> window(long[] places) {
        List<Event.Offsets> window = new ArrayList<>();
        for (int at = 0; at < places.length; at += WIDTH) {
            if (places[at + WINDOW] >= 0) {
                window.add(new Event.Offsets((int) places[at + PARTITION], places[at + WINDOW], places[at + LAST]));
            }
        }
        return window;
    }

    static int[] partitions(long[] places) {
        int[] partitions = new int[places.length / WIDTH];
        for (int i = 0; i < partitions.length; i++) {
            partitions[i] = (int) places[WIDTH * i + PARTITION];
        }
        return partitions;
    }

    /** Returns one number of each partition, such as {@link #FIRST}. */
    static long[] numbers(long[] places, int number) {
        long[] numbers = new long[places.length / WIDTH];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = places[WIDTH * i + number];
        }
        return numbers;
    }
}
