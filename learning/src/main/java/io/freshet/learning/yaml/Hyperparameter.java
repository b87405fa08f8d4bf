package io.freshet.learning.yaml;

import java.util.function.DoublePredicate;

/**
 * A number that configures a loss, an optimizer, or a schedule, which checks it where it is created and where it is read.
 *
 * @param name in YAML
 * @param defaultValue the value of an omitted hyperparameter
 * @param range returns whether a value is valid
 * @param expected the range in words
 */
public record Hyperparameter(String name, double defaultValue, DoublePredicate range, String expected) {
    /** Throws an {@link IllegalArgumentException} with the range if the value is outside. */
    public void check(double value) {
        if (!range.test(value)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    /** Returns the field of a specification. */
    public Field<Double> field() {
        return Field.of(name, Numbers.number(range, expected), defaultValue);
    }
}
