package io.freshet.learning.spec.table;

/**
 * Penalties on the parameters: {@code l1 * sum |theta| + l2 / 2 * sum theta^2}, added to the gradient. FTRL uses them as its
 * lambda1 and lambda2 instead.
 */
public record Regularization(double l1, double l2) {
    public static final Regularization NONE = new Regularization(0, 0);
}
