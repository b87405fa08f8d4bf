package io.freshet.learning.yaml;

/**
 * A field that the reader of a specification accepts, for the generated reference.
 *
 * @param path path of the field
 * @param defaultValue default in YAML; empty for a required field, {@value #NONE} for an optional one without a default
 * @param expected what a value must be, as Markdown
 */
public record DeclaredField(String path, String defaultValue, String expected) {
    public static final String NONE = "none";
}
