package io.freshet.server.request;

import java.util.ArrayList;
import java.util.List;

/** How a tensor's values stand in arrays: how deep, and whether the arrays of one depth are all as long. */
final class Nesting {
    /** As many dimensions as an input can have. */
    static final int MAXIMUM_DEPTH = 3;

    private final int[] counts = new int[MAXIMUM_DEPTH];
    private final List<Integer> lengths = new ArrayList<>();
    private int depth;
    private int valueDepth;
    private boolean even = true;

    /** Enters an array; returns false, and does nothing, if that would be too deep. */
    boolean open() {
        if (depth == MAXIMUM_DEPTH) {
            return false;
        }
        if (depth > 0) {
            counts[depth - 1]++;
        }
        counts[depth++] = 0;
        return true;
    }

    void value() {
        counts[depth - 1]++;
        even &= valueDepth == 0 || valueDepth == depth;
        valueDepth = depth;
    }

    /** Leaves an array. */
    void close() {
        depth--;
        while (lengths.size() <= depth) {
            lengths.add(-1);
        }
        int known = lengths.get(depth);
        even &= known < 0 || known == counts[depth];
        lengths.set(depth, counts[depth]);
    }

    /** Returns how many arrays are open. */
    int depth() {
        return depth;
    }

    /** Whether all values are as deep and all arrays of one depth as long. */
    boolean isEven() {
        return even && (valueDepth == 0 || lengths.size() == valueDepth);
    }

    /** Returns the dimensions, if all is even: one if the values stand in a single array. */
    List<Integer> lengths() {
        return lengths;
    }
}
