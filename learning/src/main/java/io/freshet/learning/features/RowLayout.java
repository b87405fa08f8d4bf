package io.freshet.learning.features;

import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The fields that a set of models reads from a record, each with its place in a {@link Row}.
 *
 * <p>A field may stand among the numbers, among the texts, or in both, when one model reads it as a number and another
 * as a category.
 *
 * @param numbers names of the number fields, in the order of their places
 * @param texts names of the text fields, in the order of their places
 */
public record RowLayout(List<String> numbers, List<String> texts) {
    public RowLayout {
        numbers = List.copyOf(numbers);
        texts = List.copyOf(texts);
    }

    /** Returns the layout that holds every field that any of {@code specs} names. */
    public static RowLayout of(Collection<ModelSpec> specs) {
        Set<String> numbers = new LinkedHashSet<>();
        Set<String> texts = new LinkedHashSet<>();
        for (ModelSpec spec : specs) {
            numbers.addAll(spec.numberFields());
            texts.addAll(spec.textFields());
        }
        return new RowLayout(new ArrayList<>(numbers), new ArrayList<>(texts));
    }

    /** Returns the place of a number field, or -1. */
    public int number(String name) {
        return numbers.indexOf(name);
    }

    /** Returns the place of a text field, or -1. */
    public int text(String name) {
        return texts.indexOf(name);
    }
}
