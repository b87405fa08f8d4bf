package io.freshet.learning.model;

import io.freshet.learning.math.SplitMix64;

/**
 * Draws the initial parameters of a layer, a pure function of the model's seed and the layer's name.
 *
 * @param kind distribution to draw from
 * @param scale half the width of a uniform distribution, or the standard deviation of a normal one
 */
public record Initializer(Kind kind, double scale) {
    /** A distribution around 0. */
    public enum Kind {
        ZERO,
        UNIFORM,
        NORMAL
    }

    public static Initializer zero() {
        return new Initializer(Kind.ZERO, 0);
    }

    /** Returns uniform in +-sqrt(6 / (in + out)), for activations that saturate (Glorot and Bengio 2010). */
    public static Initializer glorot(int in, int out) {
        return new Initializer(Kind.UNIFORM, Math.sqrt(6.0 / (in + out)));
    }

    /** Returns uniform in +-sqrt(6 / in), for rectifiers (He et al. 2015). */
    public static Initializer he(int in) {
        return new Initializer(Kind.UNIFORM, Math.sqrt(6.0 / in));
    }

    public static Initializer uniform(double scale) {
        return new Initializer(Kind.UNIFORM, scale);
    }

    public static Initializer normal(double deviation) {
        return new Initializer(Kind.NORMAL, deviation);
    }

    /** Writes a layer's initial parameters to {@code parameters[at...]}. */
    public void fill(long seed, Layer layer, float[] parameters, int at) {
        if (kind == Kind.ZERO) {
            return;
        }
        SplitMix64 random = SplitMix64.of(seed, layer.name());
        for (int i = 0; i < layer.count(); i++) {
            double x = kind == Kind.NORMAL ? random.nextGaussian() : 2 * random.nextDouble() - 1;
            parameters[at + i] = (float) (scale * x);
        }
    }
}
