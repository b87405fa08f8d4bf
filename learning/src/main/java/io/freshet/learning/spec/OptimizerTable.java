package io.freshet.learning.spec;

import static io.freshet.learning.optimizer.OptimizerNumbers.BETA;
import static io.freshet.learning.optimizer.OptimizerNumbers.BETA1;
import static io.freshet.learning.optimizer.OptimizerNumbers.BETA2;
import static io.freshet.learning.optimizer.OptimizerNumbers.DECAY;
import static io.freshet.learning.optimizer.OptimizerNumbers.EPSILON;
import static io.freshet.learning.optimizer.OptimizerNumbers.HISTORY;
import static io.freshet.learning.optimizer.OptimizerNumbers.MOMENTUM;
import static io.freshet.learning.optimizer.OptimizerNumbers.WEIGHT_DECAY;
import static java.util.Map.entry;

import io.freshet.learning.optimizer.AdaGrad;
import io.freshet.learning.optimizer.Adam;
import io.freshet.learning.optimizer.AdamW;
import io.freshet.learning.optimizer.Ftrl;
import io.freshet.learning.optimizer.Lbfgs;
import io.freshet.learning.optimizer.Momentum;
import io.freshet.learning.optimizer.Nesterov;
import io.freshet.learning.optimizer.NormalizedAdaGrad;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.RmsProp;
import io.freshet.learning.optimizer.ScaleFree;
import io.freshet.learning.optimizer.Sgd;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Hyperparameter;
import io.freshet.learning.yaml.Numbers;
import io.freshet.learning.yaml.Part;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.Type;
import io.freshet.learning.yaml.Variants;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** All optimizers by YAML name, with their hyperparameters. */
public final class OptimizerTable {
    private static final String SCALE_FREE = "scale-free";

    public static final Variants<Optimizer> ALL = Variants.<Optimizer>of(Map.ofEntries(
                    entry("sgd", Section.of(Sgd.class)),
                    entry("momentum", Section.of(Momentum.class, MOMENTUM.field())),
                    entry("nesterov", Section.of(Nesterov.class, MOMENTUM.field())),
                    entry("adagrad", Section.of(AdaGrad.class, EPSILON.field())),
                    entry("rmsprop", Section.of(RmsProp.class, DECAY.field(), EPSILON.field())),
                    entry("adam", Section.of(Adam.class, BETA1.field(), BETA2.field(), EPSILON.field())),
                    entry(
                            "adamw",
                            Section.of(
                                    AdamW.class, BETA1.field(), BETA2.field(), EPSILON.field(), WEIGHT_DECAY.field())),
                    entry(
                            "ftrl",
                            Section.of(
                                    Ftrl.class,
                                    BETA.field(),
                                    penalty(Regularization::l1),
                                    penalty(Regularization::l2))),
                    entry("lbfgs", Section.of(Lbfgs.class, integer(HISTORY))),
                    entry("normalized-adagrad", Section.of(NormalizedAdaGrad.class)),
                    entry(SCALE_FREE, Section.of(ScaleFree.class))))
            .means("""
                type: Rule that converts a gradient to an update; [without one, it follows from the \
                model](learning.md#the-default). Short form: `optimizer: adam`
                momentum: Share of the velocity kept at each update: 0.9 adds up about ten gradients
                epsilon: Added to the root, in units of the gradient
                decay: Share of the running mean of squares kept at each update
                beta1: Share of the running mean of gradients kept at each update
                beta2: Share of the running mean of squares kept at each update
                weightDecay: Share of a parameter, times the rate, by which each step shrinks it
                beta: Added to the root of the sum of squares; a larger value makes the first steps smaller
                history: Pairs of steps remembered; each stores two numbers per parameter
                """);

    private OptimizerTable() {}

    /** Returns whether a value is the name of an optimizer without a learning rate. */
    public static boolean lacksLearningRate(@Nullable Object name) {
        return Set.of(SCALE_FREE).contains(String.valueOf(name));
    }

    private static Field<Integer> integer(Hyperparameter number) {
        Type<Double> type = Numbers.number(number.range(), number.expected());
        Type<Integer> integer = Type.of(
                type.expected(),
                (in, path, value) -> type.parse(in, path, value).intValue());
        return Field.of(number.name(), integer, (int) number.defaultValue());
    }

    private static Part penalty(ToDoubleFunction<Regularization> penalty) {
        return Part.derived(in -> penalty.applyAsDouble(in.get("regularization", Regularization.class)));
    }
}
