package io.freshet.learning.spec;

import io.freshet.learning.optimizer.OptimizerNumbers;
import io.freshet.learning.yaml.Section;

/**
 * Penalties on the parameters: {@code l1 * sum |theta| + l2 / 2 * sum theta^2}, added to the gradient. FTRL uses them as its
 * lambda1 and lambda2 instead.
 */
public record Regularization(double l1, double l2) {
    public static final Regularization NONE = new Regularization(0, 0);

    public static final Section<Regularization> FIELDS = Section.of(
                    Regularization.class, OptimizerNumbers.L1.field(), OptimizerNumbers.L2.field())
            .means("""
                l1: Adds l1 * sign(parameter) to the gradient: small parameters move toward 0
                l2: Adds l2 * parameter to the gradient: large parameters shrink
                """);
}
