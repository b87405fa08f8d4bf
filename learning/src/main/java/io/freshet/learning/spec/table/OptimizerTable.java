package io.freshet.learning.spec.table;

import static io.freshet.learning.optimizer.Hyperparameter.BETA;
import static io.freshet.learning.optimizer.Hyperparameter.BETA1;
import static io.freshet.learning.optimizer.Hyperparameter.BETA2;
import static io.freshet.learning.optimizer.Hyperparameter.DECAY;
import static io.freshet.learning.optimizer.Hyperparameter.EPSILON;
import static io.freshet.learning.optimizer.Hyperparameter.HISTORY;
import static io.freshet.learning.optimizer.Hyperparameter.MOMENTUM;
import static io.freshet.learning.optimizer.Hyperparameter.WEIGHT_DECAY;

import io.freshet.learning.optimizer.AdaGrad;
import io.freshet.learning.optimizer.Adam;
import io.freshet.learning.optimizer.AdamW;
import io.freshet.learning.optimizer.Ftrl;
import io.freshet.learning.optimizer.Hyperparameter;
import io.freshet.learning.optimizer.Lbfgs;
import io.freshet.learning.optimizer.Momentum;
import io.freshet.learning.optimizer.Nesterov;
import io.freshet.learning.optimizer.NormalizedAdaGrad;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.RmsProp;
import io.freshet.learning.optimizer.ScaleFree;
import io.freshet.learning.optimizer.Sgd;
import io.freshet.learning.yaml.SpecNode;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** All optimizers by YAML name, with their hyperparameters. */
public final class OptimizerTable {
    private static final SortedMap<String, BiFunction<SpecNode, Regularization, Optimizer>> ALL =
            new TreeMap<>(Map.ofEntries(
                    entry("sgd", (node, penalty) -> new Sgd()),
                    entry("momentum", (node, penalty) -> new Momentum(number(node, MOMENTUM))),
                    entry("nesterov", (node, penalty) -> new Nesterov(number(node, MOMENTUM))),
                    entry("adagrad", (node, penalty) -> new AdaGrad(number(node, EPSILON))),
                    entry("rmsprop", (node, penalty) -> new RmsProp(number(node, DECAY), number(node, EPSILON))),
                    entry(
                            "adam",
                            (node, penalty) ->
                                    new Adam(number(node, BETA1), number(node, BETA2), number(node, EPSILON))),
                    entry(
                            "adamw",
                            (node, penalty) -> new AdamW(
                                    number(node, BETA1),
                                    number(node, BETA2),
                                    number(node, EPSILON),
                                    number(node, WEIGHT_DECAY))),
                    entry("ftrl", (node, penalty) -> new Ftrl(number(node, BETA), penalty.l1(), penalty.l2())),
                    entry("lbfgs", (node, penalty) -> new Lbfgs((int) number(node, HISTORY))),
                    entry("normalized-adagrad", (node, penalty) -> new NormalizedAdaGrad()),
                    entry("scale-free", (node, penalty) -> new ScaleFree())));

    private OptimizerTable() {}

    /** Returns the sorted names of all optimizers. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(ALL.keySet());
    }

    private static Map.Entry<String, BiFunction<SpecNode, Regularization, Optimizer>> entry(
            String name, BiFunction<SpecNode, Regularization, Optimizer> reader) {
        return Map.entry(name, reader);
    }

    /** @param defaultType null if the type is required */
    public static Optimizer read(SpecNode node, Regularization regularization, @Nullable String defaultType) {
        return node.choose(defaultType, ALL).apply(node, regularization);
    }

    /** Returns whether a value is the name of an optimizer without a learning rate. */
    public static boolean lacksLearningRate(@Nullable Object name) {
        return name instanceof String known
                && names().contains(known)
                && !read(new SpecNode("", Map.of("type", known)), Regularization.NONE, null)
                        .hasLearningRate();
    }

    private static double number(SpecNode node, Hyperparameter hyperparameter) {
        return node.number(
                hyperparameter.name(),
                hyperparameter.defaultValue(),
                hyperparameter.range(),
                hyperparameter.expected());
    }
}
