package io.freshet.learning.yaml;

/**
 * A specification is invalid. The message names the path, the value, and the expected values, for example
 * {@code optimizer.decay: 1.5 (expected: in [0, 1))}.
 */
public final class SpecException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;
    /** Maximum length of a path or value in a message: enough to recognize it. */
    private static final int SHOWN = 200;

    public SpecException(String message) {
        super(message);
    }

    public static SpecException of(String path, Object value, String expected) {
        return new SpecException(shortened(path) + ": " + shortened(value) + " (expected: " + expected + ")");
    }

    /** Returns the start of a value, without control characters, which a terminal would obey. */
    public static String shortened(Object value) {
        String text = String.valueOf(value);
        String start = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
        return start.replaceAll("\\p{IsControl}", " ");
    }
}
