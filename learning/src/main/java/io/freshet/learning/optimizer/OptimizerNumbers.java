package io.freshet.learning.optimizer;

import io.freshet.learning.yaml.Hyperparameter;

/**
 * The hyperparameters of optimizers.
 *
 * <p>A limit of 1 also holds after rounding to a float, since a decay that rounds to 1 would never forget. Every epsilon is in [1e-15,
 * 1]. It must be much larger than gradients whose squares underflow (below 1e-19), or one of them could make a step of
 * any size.
 */
public final class OptimizerNumbers {
    public static final Hyperparameter MOMENTUM = fraction("momentum", 0.9);
    public static final Hyperparameter DECAY = fraction("decay", 0.9);
    public static final Hyperparameter BETA1 = fraction("beta1", 0.9);
    public static final Hyperparameter BETA2 = fraction("beta2", 0.999);
    public static final Hyperparameter EPSILON = positive("epsilon", 1e-8, 1, "1");
    public static final Hyperparameter BETA = positive("beta", 1, 1e6, "1e6");
    public static final Hyperparameter WEIGHT_DECAY =
            new Hyperparameter("weightDecay", 0.01, value -> value >= 0 && value <= 1e3, "in [0, 1000]");
    public static final Hyperparameter HISTORY = new Hyperparameter(
            "history", 10, value -> value >= 1 && value <= 100 && value == Math.rint(value), "in [1, 100], whole");

    public static final Hyperparameter L1 = penalty("l1");
    public static final Hyperparameter L2 = penalty("l2");

    private OptimizerNumbers() {}

    private static Hyperparameter penalty(String name) {
        return new Hyperparameter(name, 0, value -> value >= 0 && value <= 1e6, "in [0, 1e6]");
    }

    private static Hyperparameter fraction(String name, double defaultValue) {
        return new Hyperparameter(name, defaultValue, value -> value >= 0 && (float) value < 1, "in [0, 1)");
    }

    private static Hyperparameter positive(String name, double defaultValue, double largest, String written) {
        return new Hyperparameter(
                name, defaultValue, value -> value >= 1e-15 && value <= largest, "in [1e-15, " + written + "]");
    }
}
