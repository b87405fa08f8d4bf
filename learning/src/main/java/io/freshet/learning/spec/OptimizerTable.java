package io.freshet.learning.spec;

import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.RmsProp;
import io.freshet.learning.optimizer.Sgd;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Every optimizer that a specification can name, with its hyperparameters, their defaults and their ranges. */
public final class OptimizerTable {
    private static final Map<String, Function<SpecNode, Optimizer>> ALL = new TreeMap<>(Map.of(
            "sgd", node -> new Sgd(),
            "rmsprop", node -> new RmsProp(decay(node, "decay", 0.9), epsilon(node))));

    private OptimizerTable() {}

    static Optimizer read(SpecNode node) {
        String type = node.text("type", "sgd");
        Function<SpecNode, Optimizer> factory = ALL.get(type);
        if (factory == null) {
            throw SpecException.of(node.path("type"), type, "one of " + String.join(", ", ALL.keySet()));
        }
        return factory.apply(node);
    }

    private static double decay(SpecNode node, String field, double defaultValue) {
        return node.number(field, defaultValue, value -> value >= 0 && value < 1, "in [0, 1)");
    }

    private static double epsilon(SpecNode node) {
        return node.number("epsilon", 1e-8, value -> value >= 1e-30 && value <= 1, "in [1e-30, 1]");
    }
}
