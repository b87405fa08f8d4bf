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
 * What each field of a specification means, a line of Markdown for each: {@code field-meanings.properties}, by the path
 * of the field. A field that means different things by the type beside it has a line for that type, {@code
 * model.sequence.hidden}, which goes before {@code model.hidden}.
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
                throw new IllegalStateException("field-meanings.properties: missing (expected: beside this class)");
            }
            try (Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
                texts.load(reader);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new FieldMeanings(texts);
    }

    /** Returns what a field means; empty, and noted as missing, if nothing is said of it. */
    String of(String path) {
        String text = texts.getProperty(path);
        unused.remove(path);
        if (text == null) {
            missing.add(path);
            return "";
        }
        return text;
    }

    /** Returns what a field of a mapping means where that has a type. */
    String of(String path, String mapping, String type) {
        String ofType = mapping + "." + type + path.substring(mapping.length());
        return of(texts.containsKey(ofType) ? ofType : path);
    }

    /** Returns the paths that were asked for and have no text. */
    SortedSet<String> missing() {
        return missing;
    }

    /** Returns the paths that have a text and were not asked for. */
    SortedSet<String> unused() {
        return unused;
    }
}
