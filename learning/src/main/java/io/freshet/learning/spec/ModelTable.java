package io.freshet.learning.spec;

import io.freshet.learning.model.Linear;
import io.freshet.learning.model.Model;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Every model that a specification can name. */
public final class ModelTable {
    private static final Map<String, Function<SpecNode, Model>> ALL =
            new TreeMap<>(Map.of("linear", node -> new Linear()));

    private ModelTable() {}

    static Model read(SpecNode node) {
        String type = node.text("type", "linear");
        Function<SpecNode, Model> factory = ALL.get(type);
        if (factory == null) {
            throw SpecException.of(node.path("type"), type, "one of " + String.join(", ", ALL.keySet()));
        }
        return factory.apply(node);
    }
}
