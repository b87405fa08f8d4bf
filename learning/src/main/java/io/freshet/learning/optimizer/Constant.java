package io.freshet.learning.optimizer;

/** Keeps the learning rate constant. */
public record Constant() implements Schedule {
    @Override
    public String name() {
        return "constant";
    }

    @Override
    public double formula(double base, long t, double[] memory) {
        return base;
    }
}
