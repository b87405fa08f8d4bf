package io.freshet.learning.yaml;

/**
 * A specification that cannot be: the message names the path, the value and what was expected, for example
 * {@code optimizer.decay: 1.5 (expected: in [0, 1))}.
 */
public final class SpecException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;
    /** Enough to know a value by; a message is no place for all of a megabyte. */
    private static final int SHOWN = 200;

    public SpecException(String message) {
        super(message);
    }

    public static SpecException of(String path, Object value, String expected) {
        return new SpecException(shortened(path) + ": " + shortened(value) + " (expected: " + expected + ")");
    }

    public static String shortened(Object value) {
        String text = String.valueOf(value);
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }
}
