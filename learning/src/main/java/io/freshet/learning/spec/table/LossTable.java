package io.freshet.learning.spec.table;

import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.loss.BoxIou;
import io.freshet.learning.loss.CategoricalCrossEntropy;
import io.freshet.learning.loss.Dice;
import io.freshet.learning.loss.GeneralizedBoxIou;
import io.freshet.learning.loss.Hinge;
import io.freshet.learning.loss.Huber;
import io.freshet.learning.loss.Iou;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.MeanAbsoluteError;
import io.freshet.learning.loss.MeanSquaredError;
import io.freshet.learning.loss.Poisson;
import io.freshet.learning.loss.Quantile;
import io.freshet.learning.loss.SequenceCrossEntropy;
import io.freshet.learning.loss.SparseCategoricalCrossEntropy;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** All losses by YAML name, with the defaults and ranges of their hyperparameters. */
public final class LossTable {
    /** Readers of a loss from the node of its hyperparameters and the maximum sequence length, 0 for other models. */
    private static final SortedMap<String, BiFunction<SpecNode, Integer, Loss>> ALL = new TreeMap<>(Map.ofEntries(
            Map.entry("mean-squared-error", (node, steps) -> new MeanSquaredError()),
            Map.entry("mean-absolute-error", (node, steps) -> new MeanAbsoluteError()),
            Map.entry("huber", (node, steps) -> new Huber(node.number("delta", 1, Huber::validDelta, "> 0"))),
            Map.entry(
                    "quantile",
                    (node, steps) -> new Quantile(node.number("tau", 0.5, Quantile::validTau, "in (0, 1)"))),
            Map.entry("poisson", (node, steps) -> new Poisson()),
            Map.entry("binary-cross-entropy", (node, steps) -> new BinaryCrossEntropy()),
            Map.entry("hinge", (node, steps) -> new Hinge()),
            Map.entry("categorical-cross-entropy", (node, steps) -> new CategoricalCrossEntropy()),
            Map.entry("sparse-categorical-cross-entropy", (node, steps) -> new SparseCategoricalCrossEntropy()),
            // SpecChecks rejects this loss for a model without steps, with a better message.
            Map.entry("sequence-cross-entropy", (node, steps) -> new SequenceCrossEntropy(Math.max(1, steps))),
            Map.entry("dice", (node, steps) -> new Dice(node.number("smooth", 1, Dice::validSmooth, "> 0"))),
            Map.entry("iou", (node, steps) -> new Iou(node.number("smooth", 1, Dice::validSmooth, "> 0"))),
            Map.entry("box-iou", (node, steps) -> new BoxIou()),
            Map.entry("generalized-box-iou", (node, steps) -> new GeneralizedBoxIou())));

    private LossTable() {}

    /** Returns the sorted names of all losses. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(ALL.keySet());
    }

    /**
     * Returns a loss with default hyperparameters.
     *
     * @param steps maximum sequence length
     * @throws SpecException if the name is unknown
     */
    public static Loss read(String name, int steps) {
        return read(new SpecNode("", Map.of("loss", name)), steps);
    }

    /** Reads {@code loss: name} or {@code loss: {type: name, ...}}. */
    public static Loss read(SpecNode root, int steps) {
        SpecNode node = ShortForm.node(root, "loss");
        Loss loss = node.choose(null, ALL).apply(node, steps);
        node.end();
        return loss;
    }
}
