package io.freshet.learning.encode;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.MissingSpec;
import io.freshet.learning.spec.TimeSpec;
import org.jspecify.annotations.Nullable;

/**
 * Looks up a model's fields in a row layout.
 *
 * <p>Every method throws an {@link IllegalArgumentException} if the layout lacks the field.
 */
public record FieldPlaces(RowLayout layout) {
    public int number(String name) {
        return require(layout.number(name), name);
    }

    public int text(String name) {
        return require(layout.text(name), name);
    }

    public int vector(String name) {
        return require(layout.vector(name), name);
    }

    /** Returns null if {@code name} is null. */
    public @Nullable NumberField optionalNumber(@Nullable String name) {
        return name == null ? null : new NumberField(name, number(name));
    }

    public TimeField time(TimeSpec time, MissingSpec missing) {
        return new TimeField(
                time.field(),
                number(time.field()),
                text(time.field()),
                time.zone(),
                layout.times().contains(time.field()),
                missing.allows(time.field()) ? MissingWords.ofNumbers(missing) : null);
    }

    private static int require(int place, String name) {
        if (place < 0) {
            throw new IllegalArgumentException("layout: no field " + name + " (expected: every field of the model)");
        }
        return place;
    }
}
