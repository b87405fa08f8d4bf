package io.freshet.learning.spec;

import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.MeanSquaredError;
import io.freshet.learning.loss.SparseCategoricalCrossEntropy;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** Every loss that a specification can name, with its hyperparameters, their defaults and their ranges. */
public final class LossTable {
    /** By the node of its hyperparameters and the steps of the longest sequence, 0 for single samples. */
    private static final SortedMap<String, BiFunction<SpecNode, Integer, Loss>> ALL = new TreeMap<>(Map.of(
            "mean-squared-error", (node, steps) -> new MeanSquaredError(),
            "binary-cross-entropy", (node, steps) -> new BinaryCrossEntropy(),
            "sparse-categorical-cross-entropy", (node, steps) -> new SparseCategoricalCrossEntropy()));

    private LossTable() {}

    /** Returns the names of all of them, in order. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(ALL.keySet());
    }

    /**
     * Returns a loss with its defaults.
     *
     * @param steps of the longest sequence
     * @throws SpecException if there is none of that name
     */
    public static Loss read(String name, int steps) {
        return read(new SpecNode("", Map.of("loss", name)), steps);
    }

    /** Reads {@code loss: name} or {@code loss: {type: name, ...}}. */
    static Loss read(SpecNode root, int steps) {
        SpecNode node = root.namedNode("loss");
        Loss loss = node.choose(null, ALL).apply(node, steps);
        node.end();
        return loss;
    }
}
