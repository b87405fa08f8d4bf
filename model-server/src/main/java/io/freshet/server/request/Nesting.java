package io.freshet.server.request;

import java.util.Arrays;
import java.util.List;

/** Tracks the nesting of a tensor's arrays: its depth, and whether all arrays at a depth have the same length. */
final class Nesting {
    /** The maximum number of dimensions of an input. */
    static final int MAXIMUM_DEPTH = 3;

    private static final int UNKNOWN = -1;

    /** Values and arrays in the open array at each depth. */
    private final int[] counts = new int[MAXIMUM_DEPTH];
    /** Of the last closed array at each depth. */
    private final int[] lengths = {UNKNOWN, UNKNOWN, UNKNOWN};

    private int depth;
    private int deepest;
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
        deepest = Math.max(deepest, depth);
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
        uniform &= lengths[depth] == UNKNOWN || lengths[depth] == counts[depth];
        lengths[depth] = counts[depth];
    }

    /** Returns the number of open arrays. */
    int depth() {
        return depth;
    }

    /** Returns whether all values are at the same depth, and all arrays at a depth have the same length. */
    boolean isUniform() {
        return uniform && (valueDepth == 0 || deepest == valueDepth);
    }

    /** Returns whether all values are in one array. */
    boolean isFlat() {
        return deepest <= 1;
    }

    /** Returns the dimensions if {@link #isUniform}; a flat array has one. */
    List<Integer> lengths() {
        return Arrays.stream(lengths, 0, deepest).boxed().toList();
    }
}
