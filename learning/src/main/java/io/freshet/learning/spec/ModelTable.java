package io.freshet.learning.spec;

import io.freshet.learning.model.FactorizationMachine;
import io.freshet.learning.model.Linear;
import io.freshet.learning.model.Model;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Every model that a specification can name, with its hyperparameters, their defaults and their ranges. */
public final class ModelTable {
    private static final int MAXIMUM_RANK = 256;

    private static final SortedMap<String, Function<SpecNode, Model>> ALL = new TreeMap<>(Map.of(
            "factorization-machine", node -> new FactorizationMachine(node.integer("rank", 8, 1, MAXIMUM_RANK)),
            "linear", node -> new Linear()));

    private ModelTable() {}

    /** Returns the names of all of them, in order. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(ALL.keySet());
    }

    static Model read(SpecNode node) {
        return node.choose("linear", ALL).apply(node);
    }
}
