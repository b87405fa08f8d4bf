package io.freshet.learning.loss;

import org.jspecify.annotations.Nullable;

/** The label ranges that several losses share. Each method returns the expectation that a label violates, or null if the label is valid. */
final class LabelRange {
    /** Far beyond any measurement; its square is far from overflowing a float. */
    private static final float LARGEST_NUMBER = 1e15f;

    private LabelRange() {}

    static @Nullable String numbers(float[] label, int length) {
        boolean valid = within(label, length, -LARGEST_NUMBER, LARGEST_NUMBER);
        return valid ? null : (length == 1 ? "a number" : length + " numbers") + " of magnitude up to 1e15";
    }

    static @Nullable String counts(float[] label, int length) {
        boolean valid = within(label, length, 0, LARGEST_NUMBER);
        return valid ? null : (length == 1 ? "a count" : length + " counts") + " from 0 to 1e15";
    }

    static @Nullable String unitInterval(float[] label, int length) {
        boolean valid = within(label, length, 0, 1);
        return valid ? null : length == 1 ? "in [0, 1]" : length + " numbers in [0, 1]";
    }

    private static boolean within(float[] label, int length, float least, float most) {
        boolean valid = label.length == length;
        for (float y : label) {
            valid &= y >= least && y <= most;
        }
        return valid;
    }

    static @Nullable String binary(float[] label, int length) {
        boolean valid = label.length == length;
        for (float y : label) {
            valid &= y == 0 || y == 1;
        }
        return valid ? null : length == 1 ? "0 or 1" : length + " numbers, each 0 or 1";
    }

    static @Nullable String box(float[] label) {
        boolean valid = label.length == 4 && label[0] <= label[2] && label[1] <= label[3];
        for (float y : label) {
            valid &= Math.abs(y) <= Float.MAX_VALUE;
        }
        return valid ? null : "a box (x1, y1, x2, y2) of finite numbers, x1 <= x2 and y1 <= y2";
    }

    static boolean isClass(float label, int classes) {
        return label >= 0 && label < classes && label == (int) label;
    }
}
