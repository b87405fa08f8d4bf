package io.freshet.learning.features;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields that a set of models reads from a record, each with its place in a {@link Row}.
 *
 * <p>A field can be both a number and a text, if one model reads it as a number and another as a category. A vector can
 * be named by a column prefix. {@code pixel*} means the columns {@code pixel0}, {@code pixel1}, ... of a file, and the
 * vector {@code pixel} on the wire; so {@code pixel*} and {@code pixel} are the same field.
 *
 * @param numbers names of the number fields, in the order of their places
 * @param texts names of the text fields, in the order of their places
 * @param vectors names of the vector fields, in the order of their places
 * @param sparse names of the text fields that are read as sparse vectors only
 * @param times names of the fields, both numbers and texts, that are read as dates and times only, or not at all if only their
 *     presence counts: numbers are milliseconds
 */
public record RowLayout(
        List<String> numbers, List<String> texts, List<String> vectors, Set<String> sparse, Set<String> times) {
    public RowLayout {
        numbers = List.copyOf(numbers);
        texts = List.copyOf(texts);
        vectors = List.copyOf(vectors);
        sparse = Set.copyOf(sparse);
        times = Set.copyOf(times);
    }

    /** Creates a layout without times. */
    public RowLayout(List<String> numbers, List<String> texts, List<String> vectors, Set<String> sparse) {
        this(numbers, texts, vectors, sparse, Set.of());
    }

    /** Creates a layout whose text fields are all read as texts. */
    public RowLayout(List<String> numbers, List<String> texts, List<String> vectors) {
        this(numbers, texts, vectors, Set.of());
    }

    /** Creates a layout without vectors. */
    public RowLayout(List<String> numbers, List<String> texts) {
        this(numbers, texts, List.of());
    }

    /** Returns the layout of all fields of {@code readers}. */
    public static RowLayout of(Collection<? extends InputFields> readers) {
        Set<String> numbers = new LinkedHashSet<>();
        Set<String> texts = new LinkedHashSet<>();
        Map<String, String> vectors = new LinkedHashMap<>();
        Set<String> sparse = new LinkedHashSet<>();
        Set<String> plain = new LinkedHashSet<>();
        Set<String> times = new LinkedHashSet<>();
        Set<String> plainNumbers = new LinkedHashSet<>();
        for (InputFields reader : readers) {
            Collection<String> readerNumbers = reader.numberFields();
            Collection<String> readerTimes = reader.timeFields();
            numbers.addAll(readerNumbers);
            times.addAll(readerTimes);
            readerNumbers.stream().filter(name -> !readerTimes.contains(name)).forEach(plainNumbers::add);
            Collection<String> readerTexts = reader.textFields();
            Collection<String> readerSparse = reader.sparseFields();
            texts.addAll(readerTexts);
            sparse.addAll(readerSparse);
            readerTexts.stream().filter(name -> !readerSparse.contains(name)).forEach(plain::add);
            // A prefix also stands for the whole vector.
            reader.vectorFields()
                    .forEach(name -> vectors.merge(wireName(name), name, (one, two) -> isPrefix(one) ? one : two));
        }
        sparse.removeAll(plain);
        times.removeAll(plainNumbers);
        return new RowLayout(
                new ArrayList<>(numbers), new ArrayList<>(texts), new ArrayList<>(vectors.values()), sparse, times);
    }

    /** Returns the place of a number field, or -1. */
    public int number(String name) {
        return numbers.indexOf(name);
    }

    /** Returns the place of a text field, or -1. */
    public int text(String name) {
        return texts.indexOf(name);
    }

    /** Returns the place of a vector field, given by its name or column prefix, or -1. */
    public int vector(String name) {
        String wanted = wireName(name);
        for (int place = 0; place < vectors.size(); place++) {
            if (wireName(vectors.get(place)).equals(wanted)) {
                return place;
            }
        }
        return -1;
    }

    /** Returns whether a vector is named by a column prefix. */
    public static boolean isPrefix(String vector) {
        return vector.endsWith("*");
    }

    /** Returns the name of a vector on the wire: without the asterisk of a column prefix. */
    public static String wireName(String vector) {
        return isPrefix(vector) ? vector.substring(0, vector.length() - 1) : vector;
    }
}
