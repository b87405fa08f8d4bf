package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Numbers.integer;
import static io.freshet.learning.yaml.Numbers.integers;
import static io.freshet.learning.yaml.Numbers.number;

import io.freshet.learning.model.Activation;
import io.freshet.learning.model.EmbeddingMlp;
import io.freshet.learning.model.FactorizationMachine;
import io.freshet.learning.model.HiddenLayers;
import io.freshet.learning.model.Linear;
import io.freshet.learning.model.Mlp;
import io.freshet.learning.model.Model;
import io.freshet.learning.model.Sequence;
import io.freshet.learning.model.SequenceCell;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Names;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.Variants;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** All model types by YAML name, with the defaults and ranges of their hyperparameters. */
public final class ModelTable {
    private static final int MAXIMUM_HIDDEN_LAYERS = 16;
    private static final int MAXIMUM_RANK = 256;
    private static final int MAXIMUM_UNITS = 1 << 16;
    private static final int MAXIMUM_DIMENSION = 1024;
    private static final int MAXIMUM_STEPS = 1 << 12;

    /** Only a recurrent cell has gradients between steps that can be truncated. */
    private static final Section<Sequence> SEQUENCE = Section.of(
                    Sequence.class,
                    Field.of("cell", Names.oneOf(SequenceCell.class, SequenceCell::id), SequenceCell.GRU),
                    Field.of("hidden", integer(1, MAXIMUM_UNITS), 32),
                    Field.of("steps", integer(2, MAXIMUM_STEPS)),
                    Field.of("truncate", integer(0, MAXIMUM_STEPS), 0)
                            .check((in, steps) -> in.has("truncate") && !isGru(in.get("cell", SequenceCell.class))
                                    ? "none beside cell: dense, which has no gradient between steps"
                                    : null)
                            .<Sequence>omitIn(model -> !isGru(model.cell()))
                            .keepsState(),
                    Field.of("embedding", integer(1, MAXIMUM_DIMENSION), 16))
            .means("""
                cell: `gru` carries a state from step to step; `dense` treats each step independently
                hidden: Length of the state, or of the hidden layer
                steps: Steps of the longest sequence
                truncate: Truncates the gradient at every n-th step; 0 to disable; for `gru`
                embedding: Numbers of a word's embedding, if `features.tokens` is set
                """);

    public static final Variants<Model> ALL = Variants.<Model>of(Map.of(
                    "linear",
                    Section.of(Linear.class),
                    "factorization-machine",
                    Section.of(FactorizationMachine.class, Field.of("rank", integer(1, MAXIMUM_RANK), 8)),
                    "sequence",
                    SEQUENCE,
                    "mlp",
                    Section.of(Mlp.class, hiddenLayers(List.of(128))),
                    "embedding-mlp",
                    Section.of(
                            EmbeddingMlp.class,
                            Field.of("dimension", integer(1, MAXIMUM_DIMENSION), 16),
                            hiddenLayers(List.of(64)))))
            .means("""
                type: Type of the model. Short form: `model: mlp`
                rank: Factors per feature, that is, the length of the vectors whose dot products weight pairs of features
                dimension: Numbers per embedding of a hashed field
                hidden: Units of each hidden layer, starting at the input
                activation: Activation of the hidden layers
                dropout: Share of the hidden units dropped at each update
                """)
            .or("linear");

    private ModelTable() {}

    private static boolean isGru(SequenceCell cell) {
        return cell == SequenceCell.GRU;
    }

    private static Section<HiddenLayers> hiddenLayers(List<Integer> hidden) {
        SortedMap<String, Activation> activations = Names.byName(Activation.class, Activation::id);
        activations.values().remove(Activation.IDENTITY);
        return Section.of(
                HiddenLayers.class,
                Field.of("hidden", integers(MAXIMUM_HIDDEN_LAYERS, 1, MAXIMUM_UNITS), hidden),
                Field.of("activation", Names.oneOf(activations), Activation.RELU),
                Field.of("dropout", number(rate -> rate >= 0 && rate <= 0.99, "in [0, 0.99]"), 0.0)
                        .keepsState());
    }
}
