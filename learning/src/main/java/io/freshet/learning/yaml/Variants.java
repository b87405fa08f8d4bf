package io.freshet.learning.yaml;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A choice of one of several records by its name in the field {@code type}, each with fields of its own.
 *
 * @param none the name of no choice; null if there is always one
 */
public record Variants<T>(
        SortedMap<String, Section<? extends T>> all,
        Field<String> type,
        @Nullable String none,
        Forms forms) implements Nested<T> {
    /** The field that names the choice. */
    public static final String TYPE = "type";

    /** A required choice. */
    public static <T> Variants<T> of(Map<String, Section<? extends T>> all) {
        return new Variants<>(
                Collections.unmodifiableSortedMap(new TreeMap<>(all)),
                Field.of(TYPE, Names.oneOf(all.keySet())),
                null,
                Forms.LONG.shortBy(TYPE));
    }

    /** Adds lines of {@code field: meaning}, for {@code type} and the fields of all choices. */
    public Variants<T> means(String lines) {
        return new Variants<>(all, type, none, forms.means(lines));
    }

    /** Sets the default. */
    public Variants<T> or(String name) {
        return or(in -> name, "`" + name + "`");
    }

    /** @param words the default for people, as Markdown */
    public Variants<T> or(Function<Mapping, String> name, String words) {
        return new Variants<>(all, type.or(name::apply, words), none, forms);
    }

    /** Adds a name for null, which becomes the default. */
    public Variants<T> orNone(String name) {
        Set<String> names = Names.with(all.keySet(), name);
        return new Variants<>(all, Field.of(TYPE, Names.oneOf(names), name), name, forms);
    }

    /** Writes a choice without fields as its name alone. */
    public Variants<T> bare() {
        return new Variants<>(all, type, none, forms.bare());
    }

    /** Returns the names of the choices, sorted. */
    public Set<String> names() {
        return all.keySet();
    }

    @Override
    public void declare(Mapping in) {
        in.declare(type);
        if (type.byDefault() == null && !in.has(TYPE)) {
            all.values().forEach(section -> section.declare(in));
        } else {
            Section<? extends T> chosen = all.get(String.valueOf(in.read(type)));
            if (chosen != null) {
                chosen.declare(in);
            }
        }
    }

    @Override
    public @Nullable T read(Mapping in) {
        Section<? extends T> chosen = all.get(String.valueOf(in.read(type)));
        return chosen == null ? null : chosen.read(in);
    }

    @Override
    public void write(Object outer, @Nullable Object value, Map<String, Object> target, boolean state) {
        all.forEach((name, section) -> {
            if (section.record().isTypeOf(value)) {
                target.put(TYPE, name);
                section.write(outer, value, target, state);
            }
        });
    }
}
