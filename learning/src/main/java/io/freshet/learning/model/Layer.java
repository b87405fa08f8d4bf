package io.freshet.learning.model;

/**
 * A named matrix of parameters, stored row by row.
 *
 * @param name for example {@code dense1.weights}
 * @param rows inputs, or rows of a table; 1 for biases
 * @param columns outputs
 * @param initializer of its parameters
 */
public record Layer(String name, int rows, int columns, Initializer initializer) {
    /** Returns whether the layer is a bias, by its name. */
    public boolean isBias() {
        return name.matches(".*[Bb]ias(es)?");
    }

    /** Returns the number of parameters. */
    public long count() {
        return (long) rows * columns;
    }
}
