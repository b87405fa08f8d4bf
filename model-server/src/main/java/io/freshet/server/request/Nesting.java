package io.freshet.server.request;

import java.util.ArrayList;
import java.util.List;

/** Tracks the nesting of a tensor's arrays: its depth, and whether all arrays at a depth have the same length. */
final class Nesting {
    /** The maximum number of dimensions of an input. */
    static final int MAXIMUM_DEPTH = 3;

    private final int[] counts = new int[MAXIMUM_DEPTH];
    private final List<Integer> lengths = new ArrayList<>();
    private int depth;
    private int valueDepth;
    private boolean uniform = true;

    /** Enters an array; returns false, and does nothing, if it is nested too deeply. */
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
        uniform &= valueDepth == 0 || valueDepth == depth;
        valueDepth = depth;
    }

    /** Leaves an array. */
    void close() {
        depth--;
        while (lengths.size() <= depth) {
            lengths.add(-1);
        }
        int known = lengths.get(depth);
        uniform &= known < 0 || known == counts[depth];
        lengths.set(depth, counts[depth]);
    }

    /** Returns the number of open arrays. */
    int depth() {
        return depth;
    }

    /** Returns whether all values are at the same depth, and all arrays at a depth have the same length. */
    boolean isUniform() {
        return uniform && (valueDepth == 0 || lengths.size() == valueDepth);
    }

    /** Returns the dimensions if {@link #isUniform}; a flat array has one. */
    List<Integer> lengths() {
        return lengths;
    }
}
