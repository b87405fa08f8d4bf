package io.freshet.learning.spec.table;

import io.freshet.learning.model.EmbeddingMlp;
import io.freshet.learning.model.FactorizationMachine;
import io.freshet.learning.model.HiddenLayers;
import io.freshet.learning.model.Linear;
import io.freshet.learning.model.Mlp;
import io.freshet.learning.model.Model;
import io.freshet.learning.model.Sequence;
import io.freshet.learning.model.SequenceCell;
import io.freshet.learning.network.Activation;
import io.freshet.learning.yaml.SpecNode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** All model types by YAML name, with the defaults and ranges of their hyperparameters. */
public final class ModelTable {
    private static final int MAXIMUM_HIDDEN_LAYERS = 16;
    private static final int MAXIMUM_RANK = 256;
    private static final int MAXIMUM_UNITS = 1 << 16;
    private static final int MAXIMUM_DIMENSION = 1024;
    private static final int MAXIMUM_STEPS = 1 << 12;

    private static final SortedMap<String, Function<SpecNode, Model>> ALL = new TreeMap<>(Map.of(
            "linear", node -> new Linear(),
            "factorization-machine", node -> new FactorizationMachine(node.integer("rank", 8, 1, MAXIMUM_RANK)),
            "sequence", ModelTable::sequence,
            "mlp", node -> new Mlp(hiddenLayers(node, List.of(128))),
            "embedding-mlp",
                    node -> new EmbeddingMlp(
                            node.integer("dimension", 16, 1, MAXIMUM_DIMENSION), hiddenLayers(node, List.of(64)))));

    private static final SortedMap<String, SequenceCell> CELLS = new TreeMap<>();
    private static final SortedMap<String, Activation> ACTIVATIONS = new TreeMap<>();

    static {
        for (SequenceCell cell : SequenceCell.values()) {
            CELLS.put(cell.id(), cell);
        }
        for (Activation activation : Activation.values()) {
            if (activation != Activation.IDENTITY) {
                ACTIVATIONS.put(activation.id(), activation);
            }
        }
    }

    private ModelTable() {}

    /** Returns the sorted names of all model types. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(ALL.keySet());
    }

    public static Model read(SpecNode node) {
        return node.choose("linear", ALL).apply(node);
    }

    /** Only a recurrent cell has gradients between steps that can be truncated. */
    private static Sequence sequence(SpecNode node) {
        SequenceCell cell = node.oneOf("cell", SequenceCell.GRU.id(), CELLS);
        int hidden = node.integer("hidden", 32, 1, MAXIMUM_UNITS);
        int truncate = cell == SequenceCell.GRU ? node.integer("truncate", 0, 0, MAXIMUM_STEPS) : 0;
        int embedding = node.integer("embedding", 16, 1, MAXIMUM_DIMENSION);
        int steps = node.requiredInteger("steps", 2, MAXIMUM_STEPS);
        return new Sequence(cell, hidden, steps, truncate, embedding);
    }

    private static HiddenLayers hiddenLayers(SpecNode node, List<Integer> defaultHidden) {
        return new HiddenLayers(
                node.integers("hidden", defaultHidden, MAXIMUM_HIDDEN_LAYERS, 1, MAXIMUM_UNITS),
                node.oneOf("activation", Activation.RELU.id(), ACTIVATIONS),
                node.number("dropout", 0, rate -> rate >= 0 && rate <= 0.99, "in [0, 0.99]"));
    }
}
