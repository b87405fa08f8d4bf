package io.freshet.server.store;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.ModelSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The fields that a request to a model may have: number, text, and vector fields, and the key; not the label, weight, or
 * id. Derived once from a specification, because deriving them takes longer than a prediction.
 *
 * @param numbers number fields
 * @param texts text fields, and the key
 * @param optional names of those of the above that a request may lack
 * @param names all of the above and the vectors, by the names that requests use
 * @param unread names of other fields that a request may have, which only the join of requests and outcomes reads
 * @param takesSteps whether a request may include {@link #STEPS}
 */
public record RequestFields(
        List<Field> numbers,
        List<Field> texts,
        Set<String> optional,
        Set<String> names,
        Set<String> unread,
        boolean takesSteps) {
    /**
     * The optional input with the number of valid steps per row, for sequence models without {@code features.length}.
     * All sequences of a request are in one tensor, so shorter ones are padded.
     */
    public static final String STEPS = "steps";

    /**
     * A number or text field.
     *
     * @param place its place among the numbers or texts of a row
     * @param optional whether a request may lack it
     */
    public record Field(String name, int place, boolean optional) {}

    /** @param layout that of the specification alone */
    static RequestFields of(ModelSpec spec, RowLayout layout) {
        Set<String> names = new LinkedHashSet<>(spec.inputNumberFields());
        names.addAll(spec.inputTextFields());
        spec.features().dense().forEach(vector -> names.add(RowLayout.wireName(vector.field())));
        boolean takesSteps = spec.model().steps() > 0
                && spec.features().length() == null
                && !spec.features().dense().isEmpty()
                && !names.contains(STEPS);
        Set<String> optional = spec.optionalInputs();
        return new RequestFields(
                fields(spec.inputNumberFields(), layout.numbers(), optional),
                fields(spec.inputTextFields(), layout.texts(), optional),
                optional,
                names,
                unread(spec, names),
                takesSteps);
    }

    private static Set<String> unread(ModelSpec spec, Set<String> names) {
        Set<String> unread = new LinkedHashSet<>(ofJoin(spec));
        unread.removeAll(names);
        return unread;
    }

    /** Returns what the join reads from requests besides the inputs of the model; empty without one. May include inputs. */
    static Set<String> ofJoin(ModelSpec spec) {
        JoinSpec join = spec.join();
        if (join == null) {
            return Set.of();
        }
        Set<String> unread = new LinkedHashSet<>(spec.learningFields());
        spec.fields().label().forEach(unread::remove);
        unread.remove(spec.fields().id());
        unread.addAll(join.slices());
        if (join.missing().exposure() != null) {
            unread.add(join.missing().exposure());
        }
        return unread;
    }

    private static List<Field> fields(List<String> names, List<String> places, Set<String> optional) {
        return names.stream()
                .map(name -> new Field(name, places.indexOf(name), optional.contains(name)))
                .toList();
    }
}
