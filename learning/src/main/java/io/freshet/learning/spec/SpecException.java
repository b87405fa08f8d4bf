package io.freshet.learning.spec;

/**
 * A specification that cannot be: the message names the path, the value and what was expected, for example
 * {@code optimizer.decay: 1.5 (expected: in [0, 1))}.
 */
public final class SpecException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public SpecException(String message) {
        super(message);
    }

    public static SpecException of(String path, Object value, String expected) {
        return new SpecException(path + ": " + value + " (expected: " + expected + ")");
    }
}
