package io.freshet.learning.parameters;

/**
 * One named matrix of parameters: rows times columns numbers, row by row.
 *
 * @param name for example {@code dense1.weights}
 * @param rows inputs, or rows of a table; 1 for biases
 * @param columns outputs
 * @param initializer how its parameters start
 */
public record Layer(String name, int rows, int columns, Initializer initializer) {
    /** Whether it is added and multiplies nothing, which is said by its name. */
    public boolean isBias() {
        return name.matches(".*[Bb]ias(es)?");
    }

    /** Returns how many parameters there are. */
    public long count() {
        return (long) rows * columns;
    }
}
