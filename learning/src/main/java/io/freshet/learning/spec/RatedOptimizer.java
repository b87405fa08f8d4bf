package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Numbers.number;

import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.Variants;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An optimizer and its learning rate.
 *
 * @param learningRate &gt; 0, before the schedule
 * @param optimizer converts a gradient to a change
 */
public record RatedOptimizer(double learningRate, Optimizer optimizer) {
    private static final String RATE = "learningRate";

    /** @param byDefault returns the name of the optimizer if the specification has none */
    public static Section<RatedOptimizer> fields(Function<Mapping, String> byDefault) {
        Variants<Optimizer> optimizers = OptimizerTable.ALL.or(byDefault, "by the model");
        return Section.of(
                        RatedOptimizer.class,
                        Field.of(RATE, number(value -> (float) value > 0 && value <= 1000, "in (0, 1000]"))
                                .or(in -> of(optimizers, in).defaultLearningRate(), "by the optimizer")
                                .check((in, rate) -> misfit(of(optimizers, in), rate, in.has(RATE)))
                                .<RatedOptimizer>omitIn(rated -> !rated.optimizer.hasLearningRate()),
                        optimizers)
                .means("""
                learningRate: Step size, before the schedule
                """)
                .shortBy(Variants.TYPE);
    }

    private static Optimizer of(Variants<Optimizer> optimizers, Mapping in) {
        Optimizer optimizer = optimizers.read(in);
        if (optimizer == null) {
            throw new IllegalStateException("optimizer: none (expected: one)");
        }
        return optimizer;
    }

    private static @Nullable String misfit(Optimizer optimizer, double rate, boolean given) {
        if (!optimizer.hasLearningRate()) {
            return given ? "none, since " + optimizer.name() + " has no learning rate" : null;
        }
        double largest = optimizer.largestLearningRate();
        return rate <= largest ? null : "up to " + largest + ", beyond which " + optimizer.name() + " overshoots";
    }
}
