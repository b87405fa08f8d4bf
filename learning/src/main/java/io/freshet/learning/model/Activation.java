package io.freshet.learning.model;

import static io.freshet.learning.math.Transcendental.tanh;

import io.freshet.learning.math.Normal;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.math.Transcendental;
import io.freshet.learning.math.Underflow;

/**
 * The activation function of a unit, from its weighted sum z to its output y.
 *
 * <pre>
 *   relu         y = max(0, z)                       dy/dz = 1 if z > 0, else 0
 *   leaky-relu   y = z if z > 0, else 0.01 z         dy/dz = 1 if z > 0, else 0.01
 *   tanh         y = tanh(z)                         dy/dz = 1 - y^2
 *   sigmoid      y = 1 / (1 + exp(-z))               dy/dz = y (1 - y)
 *   gelu         y = z cdf(z)                        dy/dz = cdf(z) + z density(z)      of the standard normal
 * </pre>
 *
 * The tails of sigmoid and GELU, and gradients that a bounded derivative shrinks, are rounded ({@link Underflow#round}).
 *
 * <p>GELU is exact, as in PyTorch's default, not approximated by tanh. NaN stays NaN. Pinned by
 * {@code NetworkGoldenTest} and {@code ActivationTest}.
 *
 * @see <a href="https://arxiv.org/abs/1606.08415">Hendrycks, Gimpel, Gaussian error linear units, 2016</a>
 */
public enum Activation {
    RELU("relu") {
        @Override
        int cost() {
            return COST_OF_MOVE;
        }

        @Override
        void apply(float[] z, float[] y, int from, int to) {
            for (int i = from; i < to; i++) {
                y[i] = Math.max(z[i], 0);
            }
        }

        @Override
        void chain(float[] z, float[] y, float[] delta, int from, int to) {
            for (int i = from; i < to; i++) {
                // All ones if y > 0, else 0. A branch would be mispredicted half of the time.
                int passes = -Float.floatToRawIntBits(y[i]) >> 31;
                delta[i] = Float.intBitsToFloat(Float.floatToRawIntBits(delta[i]) & passes);
            }
        }
    },
    LEAKY_RELU("leaky-relu") {
        @Override
        int cost() {
            return COST_OF_MOVE;
        }

        @Override
        void apply(float[] z, float[] y, int from, int to) {
            for (int i = from; i < to; i++) {
                y[i] = Math.max(z[i], LEAK * z[i]);
            }
        }

        @Override
        void chain(float[] z, float[] y, float[] delta, int from, int to) {
            for (int i = from; i < to; i++) {
                delta[i] *= y[i] > 0 ? 1 : LEAK;
            }
        }
    },
    TANH("tanh") {
        @Override
        void apply(float[] z, float[] y, int from, int to) {
            for (int i = from; i < to; i++) {
                y[i] = (float) tanh(z[i]);
            }
        }

        @Override
        void chain(float[] z, float[] y, float[] delta, int from, int to) {
            for (int i = from; i < to; i++) {
                delta[i] = Underflow.round(delta[i] * ((1 - y[i]) * (1 + y[i])));
            }
        }
    },
    SIGMOID("sigmoid") {
        @Override
        void apply(float[] z, float[] y, int from, int to) {
            for (int i = from; i < to; i++) {
                y[i] = Underflow.round((float) Transcendental.sigmoid(z[i]));
            }
        }

        @Override
        void chain(float[] z, float[] y, float[] delta, int from, int to) {
            for (int i = from; i < to; i++) {
                delta[i] = Underflow.round(delta[i] * (y[i] * (1 - y[i])));
            }
        }
    },
    GELU("gelu") {
        @Override
        boolean needsSums() {
            return true;
        }

        @Override
        void apply(float[] z, float[] y, int from, int to) {
            for (int i = from; i < to; i++) {
                y[i] = Underflow.round((float) (z[i] * Normal.cdf(z[i])));
            }
        }

        @Override
        void chain(float[] z, float[] y, float[] delta, int from, int to) {
            for (int i = from; i < to; i++) {
                delta[i] = Underflow.round(delta[i] * (float) (Normal.cdf(z[i]) + z[i] * Normal.density(z[i])));
            }
        }
    },
    /** y = z, for output layers. */
    IDENTITY("identity") {
        @Override
        int cost() {
            return COST_OF_MOVE;
        }

        @Override
        void apply(float[] z, float[] y, int from, int to) {}

        @Override
        void chain(float[] z, float[] y, float[] delta, int from, int to) {}
    };

    /** What a transcendental function costs, in the unit of {@link ThreadTeam#grain}. */
    public static final int COST_OF_EXP = 1000;

    private static final int COST_OF_MOVE = 10;

    private static final float LEAK = 0.01f;

    private final String id;

    Activation(String id) {
        this.id = id;
    }

    /** Returns the name in YAML, for example {@code leaky-relu}. */
    public String id() {
        return id;
    }

    /** Returns whether the derivative needs z. If not, y may overwrite z. */
    boolean needsSums() {
        return false;
    }

    /** Returns the initializer of a layer's weights that keeps the scale of signals from layer to layer. */
    Initializer initializer(int in, int out) {
        return this == RELU || this == LEAKY_RELU || this == GELU ? Initializer.he(in) : Initializer.glorot(in, out);
    }

    /** Returns what a unit costs, in the unit of {@link ThreadTeam#grain}. */
    int cost() {
        return COST_OF_EXP;
    }

    /**
     * Computes y from z, for the units [from, to).
     *
     * @param z weighted sums; the same array as {@code y} unless {@link #needsSums}
     */
    abstract void apply(float[] z, float[] y, int from, int to);

    /** Multiplies dLoss/dy by dy/dz in place, for the units [from, to), so that {@code delta} becomes dLoss/dz. */
    abstract void chain(float[] z, float[] y, float[] delta, int from, int to);
}
