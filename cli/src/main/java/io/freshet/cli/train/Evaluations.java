package io.freshet.cli.train;

import io.freshet.learning.evaluation.Tally;
import io.freshet.schemas.facts.Evaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The evaluations of a run, by model and key. Not thread-safe. */
final class Evaluations {
    private final Map<String, SortedMap<String, List<Evaluation>>> byModel = new TreeMap<>();
    private final Map<String, Long> startedAt = new TreeMap<>();
    private final Map<String, Long> emittedAt = new TreeMap<>();

    void add(Evaluation evaluation) {
        keys(evaluation.model())
                .computeIfAbsent(evaluation.key(), key -> new ArrayList<>())
                .add(evaluation);
        startedAt.merge(evaluation.model(), evaluation.window().startedAt(), Math::min);
        emittedAt.merge(evaluation.model(), evaluation.emittedAt(), Math::max);
    }

    private SortedMap<String, List<Evaluation>> keys(String model) {
        return byModel.computeIfAbsent(model, name -> new TreeMap<>());
    }

    /** Returns the newest evaluation of each key of a model, by key. */
    List<Evaluation> newest(String model) {
        return keys(model).values().stream().map(all -> all.get(all.size() - 1)).toList();
    }

    /** Returns the sum over all keys of a model, or null if it has not been evaluated. */
    @Nullable Tally total(String model) {
        Tally sum = null;
        for (Evaluation evaluation : newest(model)) {
            if (sum == null) {
                sum = evaluation.total().copy();
            } else {
                sum.add(evaluation.total());
            }
        }
        return sum;
    }

    /** Returns all windows of a model that have samples, by key and then in order. */
    List<Evaluation> windows(String model) {
        return keys(model).values().stream()
                .flatMap(List::stream)
                .filter(evaluation -> evaluation.window().metrics() != null)
                .toList();
    }

    /**
     * Returns the seconds from the first sample that a model learned to its last evaluation, at least a millisecond.
     *
     * @param model that has been evaluated
     */
    double seconds(String model) {
        long start = Objects.requireNonNull(startedAt.get(model), model);
        long end = Objects.requireNonNull(emittedAt.get(model), model);
        return Math.max(1, end - start) / 1000.0;
    }
}
