package io.freshet.learning.spec;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of each field of a specification, as one line of Markdown per path in {@code field-meanings.properties}. A line
 * for a type, such as {@code model.sequence.hidden}, takes precedence over {@code model.hidden}.
 */
final class FieldMeanings {
    private final Properties texts;
    private final SortedSet<String> unused;
    private final SortedSet<String> missing = new TreeSet<>();

    private FieldMeanings(Properties texts) {
        this.texts = texts;
        unused = new TreeSet<>(texts.stringPropertyNames());
    }

    static FieldMeanings load() {
        Properties texts = new Properties();
        try (@Nullable InputStream in = FieldMeanings.class.getResourceAsStream("field-meanings.properties")) {
            if (in == null) {
                throw new IllegalStateException(
                        "field-meanings.properties: missing (expected: in the package of this class)");
            }
            try (Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
                texts.load(reader);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new FieldMeanings(texts);
    }

    /** Returns the meaning of a field. Returns "" and records the path as missing if there is none. */
    String of(String path) {
        String text = texts.getProperty(path);
        unused.remove(path);
        if (text == null) {
            missing.add(path);
            return "";
        }
        return text;
    }

    /** Returns the meaning of a field of a mapping that has a type. */
    String of(String path, String mapping, String type) {
        String ofType = mapping + "." + type + path.substring(mapping.length());
        return of(texts.containsKey(ofType) ? ofType : path);
    }

    /** Returns the requested paths that have no text. */
    SortedSet<String> missing() {
        return missing;
    }

    /** Returns the paths of texts that were not requested. */
    SortedSet<String> unused() {
        return unused;
    }
}
