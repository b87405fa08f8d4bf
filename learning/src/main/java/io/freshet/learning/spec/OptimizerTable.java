package io.freshet.learning.spec;

import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.RmsProp;
import io.freshet.learning.optimizer.Sgd;
import io.freshet.learning.spec.TrainingSpec.Regularization;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** Every optimizer that a specification can name, with its hyperparameters, their defaults and their ranges. */
public final class OptimizerTable {
    private static final SortedMap<String, BiFunction<SpecNode, Regularization, Optimizer>> ALL = new TreeMap<>(Map.of(
            "sgd", (node, regularization) -> new Sgd(),
            "rmsprop",
                    (node, regularization) -> new RmsProp(
                            node.number("decay", 0.9, RmsProp::validDecay, "in [0, 1)"),
                            node.number("epsilon", 1e-8, RmsProp::validEpsilon, "in [1e-15, 1]"))));

    private OptimizerTable() {}

    /** Returns the names of all of them, in order. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(ALL.keySet());
    }

    static Optimizer read(SpecNode node, Regularization regularization) {
        return node.choose("sgd", ALL).apply(node, regularization);
    }
}
