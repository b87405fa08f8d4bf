package io.freshet.learning.network;

import static io.freshet.learning.math.Transcendental.tanh;

import io.freshet.learning.math.Normal;
import io.freshet.learning.math.Transcendental;
import io.freshet.learning.parameters.Initializer;

/**
 * What a hidden unit makes of its weighted sum z.
 *
 * <pre>
 *   relu         y = max(0, z)                       dy/dz = 1 if z > 0, else 0
 *   leaky-relu   y = z if z > 0, else 0.01 z         dy/dz = 1 if z > 0, else 0.01
 *   tanh         y = tanh(z)                         dy/dz = 1 - y^2
 *   sigmoid      y = 1 / (1 + exp(-z))               dy/dz = y (1 - y)
 *   gelu         y = z cdf(z)                        dy/dz = cdf(z) + z density(z)      of the standard normal
 * </pre>
 *
 * The gelu is the exact one, as PyTorch's default, not its approximation by tanh. What is not a number stays so. Pinned by
 * {@code NetworkGoldenTest} and {@code ActivationTest}.
 *
 * @see <a href="https://arxiv.org/abs/1606.08415">Hendrycks, Gimpel, Gaussian error linear units, 2016</a>
 */
public enum Activation {
    RELU("relu") {
        @Override
        void apply(float[] z, float[] y, int length) {
            for (int i = 0; i < length; i++) {
                y[i] = Math.max(z[i], 0);
            }
        }

        @Override
        void chain(float[] z, float[] y, float[] delta, int length) {
            for (int i = 0; i < length; i++) {
                // All ones if y > 0, else 0: without a branch, which would be guessed wrong every other time.
                int passes = -Float.floatToRawIntBits(y[i]) >> 31;
                delta[i] = Float.intBitsToFloat(Float.floatToRawIntBits(delta[i]) & passes);
            }
        }
    },
    LEAKY_RELU("leaky-relu") {
        @Override
        void apply(float[] z, float[] y, int length) {
            for (int i = 0; i < length; i++) {
                y[i] = Math.max(z[i], LEAK * z[i]);
            }
        }

        @Override
        void chain(float[] z, float[] y, float[] delta, int length) {
            for (int i = 0; i < length; i++) {
                delta[i] *= y[i] > 0 ? 1 : LEAK;
            }
        }
    },
    TANH("tanh") {
        @Override
        void apply(float[] z, float[] y, int length) {
            for (int i = 0; i < length; i++) {
                y[i] = (float) tanh(z[i]);
            }
        }

        @Override
        void chain(float[] z, float[] y, float[] delta, int length) {
            for (int i = 0; i < length; i++) {
                delta[i] *= (1 - y[i]) * (1 + y[i]);
            }
        }
    },
    SIGMOID("sigmoid") {
        @Override
        void apply(float[] z, float[] y, int length) {
            for (int i = 0; i < length; i++) {
                y[i] = (float) Transcendental.sigmoid(z[i]);
            }
        }

        @Override
        void chain(float[] z, float[] y, float[] delta, int length) {
            for (int i = 0; i < length; i++) {
                delta[i] *= y[i] * (1 - y[i]);
            }
        }
    },
    GELU("gelu") {
        @Override
        boolean keepsSums() {
            return true;
        }

        @Override
        void apply(float[] z, float[] y, int length) {
            for (int i = 0; i < length; i++) {
                y[i] = (float) (z[i] * Normal.cdf(z[i]));
            }
        }

        @Override
        void chain(float[] z, float[] y, float[] delta, int length) {
            for (int i = 0; i < length; i++) {
                delta[i] *= (float) (Normal.cdf(z[i]) + z[i] * Normal.density(z[i]));
            }
        }
    },
    /** y = z: what an output layer has. */
    IDENTITY("identity") {
        @Override
        void apply(float[] z, float[] y, int length) {}

        @Override
        void chain(float[] z, float[] y, float[] delta, int length) {}
    };

    private static final float LEAK = 0.01f;

    private final String id;

    Activation(String id) {
        this.id = id;
    }

    /** Returns the name in YAML, for example {@code leaky-relu}. */
    public String id() {
        return id;
    }

    /** Whether the derivative is worked from z, so that z has to stay; if not, y may take its place. */
    boolean keepsSums() {
        return false;
    }

    /** Returns how the weights of a layer with this activation start: so that signals neither fade nor grow on the way. */
    Initializer initializer(int in, int out) {
        return this == RELU || this == LEAKY_RELU || this == GELU ? Initializer.he(in) : Initializer.glorot(in, out);
    }

    /**
     * Writes y, from z.
     *
     * @param z weighted sums, from 0; the same array as {@code y} unless {@link #keepsSums}
     */
    abstract void apply(float[] z, float[] y, int length);

    /** Multiplies dLoss/dy by dy/dz: from then on {@code delta} is dLoss/dz. */
    abstract void chain(float[] z, float[] y, float[] delta, int length);
}
