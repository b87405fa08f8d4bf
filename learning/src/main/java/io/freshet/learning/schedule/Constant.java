package io.freshet.learning.schedule;

import java.util.Map;

/** Keeps the learning rate constant. */
public record Constant() implements Schedule {
    @Override
    public String name() {
        return "constant";
    }

    @Override
    public Map<String, Object> hyperparameters() {
        return Map.of();
    }

    @Override
    public double formula(double base, long t, double[] memory) {
        return base;
    }
}
