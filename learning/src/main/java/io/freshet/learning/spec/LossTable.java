package io.freshet.learning.spec;

import static java.util.Map.entry;

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
import io.freshet.learning.model.Model;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Part;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.Variants;
import java.util.Map;

/** All losses by YAML name, with the defaults and ranges of their hyperparameters. */
public final class LossTable {
    public static final Variants<Loss> ALL = Variants.<Loss>of(Map.ofEntries(
                    entry("mean-squared-error", Section.of(MeanSquaredError.class)),
                    entry("mean-absolute-error", Section.of(MeanAbsoluteError.class)),
                    entry("huber", Section.of(Huber.class, Huber.DELTA.field())),
                    entry("quantile", Section.of(Quantile.class, Quantile.TAU.field())),
                    entry("poisson", Section.of(Poisson.class)),
                    entry("binary-cross-entropy", Section.of(BinaryCrossEntropy.class)),
                    entry("hinge", Section.of(Hinge.class)),
                    entry("categorical-cross-entropy", Section.of(CategoricalCrossEntropy.class)),
                    entry("sparse-categorical-cross-entropy", Section.of(SparseCategoricalCrossEntropy.class)),
                    entry(
                            "sequence-cross-entropy",
                            Section.of(SequenceCrossEntropy.class, Part.derived(LossTable::steps))),
                    entry("dice", Section.of(Dice.class, Dice.SMOOTH.field())),
                    entry("iou", Section.of(Iou.class, Dice.SMOOTH.field())),
                    entry("box-iou", Section.of(BoxIou.class)),
                    entry("generalized-box-iou", Section.of(GeneralizedBoxIou.class))))
            .means("""
                type: The loss to minimize. Short form without hyperparameters: `loss: huber`
                delta: Error, in units of the label, beyond which the gradient stops growing
                tau: Share of the labels below the prediction
                smooth: Added to numerator and denominator, in mask elements, so that an empty mask has a loss
                """)
            .bare();

    private LossTable() {}

    /** A rule rejects this loss for a model without steps, with a better message. */
    private static int steps(Mapping in) {
        return Math.max(1, in.get("model", Model.class).steps());
    }
}
