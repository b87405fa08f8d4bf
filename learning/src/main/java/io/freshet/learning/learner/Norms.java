package io.freshet.learning.learner;

import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.StateLayout;

/**
 * The Euclidean norm of a gradient, and that of the change of its parameters by an update.
 *
 * <p>Sums in double precision and in a fixed order: of the rows of the table, then of each range of the dense parameters. Holds
 * scratch space: use one per thread.
 */
final class Norms {
    /** What a parameter costs, in the unit of {@link ThreadTeam#grain}. */
    private static final int COST = 20;

    private static final float[] NONE = {};

    private final StateLayout layout;
    private final ThreadTeam team;
    private final ThreadTeam.Range squareRange = this::addSquares;
    private final ThreadTeam.Range changeRange = this::addChanges;
    private float[] before = {};
    /** The sum of each range of the dense parameters. */
    private double[] sums = {};

    // What the ranges of a loop read.
    private float[] dense = {};
    private float[] weights = NONE;
    private int denseFrom;
    private int sparse;
    private int grain;

    Norms(StateLayout layout, ThreadTeam team) {
        this.layout = layout;
        this.team = team;
    }

    /** Returns the norm of a gradient. */
    double norm(Gradient gradient) {
        int from = gradient.factoredFrom();
        int length = gradient.count() * gradient.width();
        double rows = squares(gradient.factored(), from, from + length, gradient.factor());
        return Math.sqrt(rows + denseSum(gradient, squareRange));
    }

    /** Remembers the parameters in the rows of a gradient. */
    void remember(float[] parameters, Gradient gradient) {
        int width = gradient.width();
        int length = gradient.count() * width;
        if (before.length < length + gradient.denseLength()) {
            before = new float[length + gradient.denseLength()];
        }
        int[] rows = gradient.factoredRows();
        int first = gradient.factoredFrom();
        for (int i = 0; i < gradient.count(); i++) {
            int from = rows[first + i] * layout.stride();
            for (int k = 0; k < width; k++) {
                before[i * width + k] = parameters[from + k];
            }
        }
        System.arraycopy(parameters, gradient.denseFrom(), before, length, gradient.denseLength());
    }

    /** Returns the norm of the change since {@link #remember}. */
    double change(float[] parameters, Gradient gradient) {
        int width = gradient.width();
        int[] rows = gradient.factoredRows();
        int first = gradient.factoredFrom();
        double sum = 0;
        for (int i = 0; i < gradient.count(); i++) {
            int from = rows[first + i] * layout.stride();
            for (int k = 0; k < width; k++) {
                sum += square((double) parameters[from + k] - before[i * width + k]);
            }
        }
        weights = parameters;
        denseFrom = gradient.denseFrom();
        sparse = gradient.count() * width;
        double norm = Math.sqrt(sum + denseSum(gradient, changeRange));
        weights = NONE;
        return norm;
    }

    private double denseSum(Gradient gradient, ThreadTeam.Range range) {
        int length = gradient.denseLength();
        if (length == 0) {
            return 0;
        }
        dense = gradient.dense();
        grain = ThreadTeam.grain(length, (long) COST * length);
        int count = (length - 1) / grain + 1;
        if (sums.length < count) {
            sums = new double[count];
        }
        team.run(length, grain, range);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += sums[i];
        }
        return sum;
    }

    private void addSquares(int from, int to, int thread) {
        sums[from / grain] = squares(dense, from, to, 1);
    }

    private void addChanges(int from, int to, int thread) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += square((double) weights[denseFrom + i] - before[sparse + i]);
        }
        sums[from / grain] = sum;
    }

    /** Four interleaved sums, always in the same order. */
    private static double squares(float[] values, int from, int to, float factor) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        for (; i < to - 3; i += 4) {
            a += square(factor * values[i]);
            b += square(factor * values[i + 1]);
            c += square(factor * values[i + 2]);
            d += square(factor * values[i + 3]);
        }
        for (; i < to; i++) {
            a += square(factor * values[i]);
        }
        return (a + b) + (c + d);
    }

    private static double square(double value) {
        return value * value;
    }
}
