package io.freshet.learning.join;

import io.freshet.learning.spec.ModelSpec;
import java.util.function.DoubleUnaryOperator;

/**
 * Replaces what several outcomes add up to by the nearest label of a model: two clicks are one positive, and a count does not fall
 * below 0. Not thread-safe.
 */
public final class NearestLabel implements DoubleUnaryOperator {
    /** The range of labels of every loss ends at two of these numbers. */
    private static final double[] ENDS = {-1e15, 0, 1, 1e15};

    private final ModelSpec spec;
    private final float[] label = new float[1];

    public NearestLabel(ModelSpec spec) {
        this.spec = spec;
    }

    @Override
    public double applyAsDouble(double value) {
        if (isLabel(value)) {
            return value;
        }
        double nearest = Double.NaN;
        for (double end : ENDS) {
            if (isLabel(end) && isNearer(end, nearest, value)) {
                nearest = end;
            }
        }
        return nearest;
    }

    /** Far away, both ends have the same distance: the larger one is nearer to a value above 0, and the smaller one to others. */
    private static boolean isNearer(double larger, double smaller, double value) {
        double distance = Math.abs(larger - value);
        double other = Math.abs(smaller - value);
        return value > 0 ? !(distance > other) : !(distance >= other);
    }

    private boolean isLabel(double value) {
        label[0] = (float) value;
        return spec.loss().labelExpectation(label, spec.outputs()) == null;
    }
}
