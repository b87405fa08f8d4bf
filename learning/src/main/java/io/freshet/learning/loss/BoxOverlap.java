package io.freshet.learning.loss;

/**
 * Areas of a predicted box z and a label box y, both (x1, y1, x2, y2), and their derivatives with respect to corner c
 * of z.
 *
 * <p>Corners 0 and 2 are on axis 0 (x), corners 1 and 3 on axis 1 (y). An inverted box has no area and overlaps
 * nothing. If both boxes are the same single coordinate on an axis, the axis counts as 1 in every area, with slopes of 0:
 * the limit of boxes whose common width goes to 0. Where corners of z and y coincide, the slope is the mean of those on either side, as in PyTorch, so that
 * equal boxes have a gradient of 0.
 */
final class BoxOverlap {
    private BoxOverlap() {}

    static double intersection(float[] z, int at, float[] y, int labelAt) {
        return (overlap(z, at, y, labelAt, 0) + flat(z, at, y, labelAt, 0))
                * (overlap(z, at, y, labelAt, 1) + flat(z, at, y, labelAt, 1));
    }

    static double union(float[] z, int at, float[] y, int labelAt) {
        double flat0 = flat(z, at, y, labelAt, 0);
        double flat1 = flat(z, at, y, labelAt, 1);
        return (side(z, at, 0) + flat0) * (side(z, at, 1) + flat1)
                + (side(y, labelAt, 0) + flat0) * (side(y, labelAt, 1) + flat1)
                - intersection(z, at, y, labelAt);
    }

    /** Returns the area of the smallest box around all corners of both. */
    static double hull(float[] z, int at, float[] y, int labelAt) {
        return (span(z, at, y, labelAt, 0) + flat(z, at, y, labelAt, 0))
                * (span(z, at, y, labelAt, 1) + flat(z, at, y, labelAt, 1));
    }

    static double intersectionSlope(float[] z, int at, float[] y, int labelAt, int c) {
        int axis = c % 2;
        if (overlap(z, at, y, labelAt, axis) == 0) {
            return 0;
        }
        double across = overlap(z, at, y, labelAt, 1 - axis) + flat(z, at, y, labelAt, 1 - axis);
        double a = z[at + c];
        double b = y[labelAt + c];
        return c < 2 ? -across * shareAbove(a, b) : across * shareAbove(b, a);
    }

    static double unionSlope(float[] z, int at, float[] y, int labelAt, int c) {
        int axis = c % 2;
        double across = side(z, at, axis) == 0 ? 0 : side(z, at, 1 - axis) + flat(z, at, y, labelAt, 1 - axis);
        return (c < 2 ? -across : across) - intersectionSlope(z, at, y, labelAt, c);
    }

    static double hullSlope(float[] z, int at, float[] y, int labelAt, int c) {
        int axis = c % 2;
        double own = z[at + c];
        double opposite = z[at + (c + 2) % 4];
        double lowest = Math.min(opposite, y[labelAt + axis]);
        double highest = Math.max(opposite, y[labelAt + 2 + axis]);
        double across = span(z, at, y, labelAt, 1 - axis) + flat(z, at, y, labelAt, 1 - axis);
        return across * (shareAbove(own, highest) - shareAbove(lowest, own));
    }

    /** Returns 1 if both boxes are the same single coordinate on an axis, otherwise 0. */
    private static double flat(float[] z, int at, float[] y, int labelAt, int axis) {
        return span(z, at, y, labelAt, axis) == 0 ? 1 : 0;
    }

    private static double overlap(float[] z, int at, float[] y, int labelAt, int axis) {
        double from = Math.max(z[at + axis], y[labelAt + axis]);
        double to = Math.min(z[at + 2 + axis], y[labelAt + 2 + axis]);
        return Math.max(0, to - from);
    }

    private static double side(float[] box, int at, int axis) {
        return Math.max(0, (double) box[at + 2 + axis] - box[at + axis]);
    }

    private static double span(float[] z, int at, float[] y, int labelAt, int axis) {
        double low = Math.min(Math.min(z[at + axis], z[at + 2 + axis]), y[labelAt + axis]);
        double high = Math.max(Math.max(z[at + axis], z[at + 2 + axis]), y[labelAt + 2 + axis]);
        return high - low;
    }

    /** Returns the derivative of max(a, b) with respect to a. */
    private static double shareAbove(double a, double b) {
        return a > b ? 1 : a == b ? 0.5 : 0;
    }
}
