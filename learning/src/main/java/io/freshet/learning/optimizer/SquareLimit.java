package io.freshet.learning.optimizer;

/**
 * Limits what one absurd label or value does to a {@link LookAhead} optimizer, whose sums of squares never forget.
 *
 * <pre>
 *   g'^2 = min(g^2, max(100 Q / N, Q / (10 h)))       Q: the sum of h g'^2 of all samples before, N: that of their weights h
 * </pre>
 *
 * The sample is then learned with the weight h g' / g: it moves the parameters as far as one at the limit. Equal
 * squares are not limited once ten of them are in the sum, however rare they are. Larger ones that stay raise the sum by a tenth each,
 * at least, so the limit follows. Pinned by {@code OutlierTest}.
 */
final class SquareLimit {
    private static final double MEANS = 100;
    private static final double PART = 0.1;

    private SquareLimit() {}

    /**
     * Returns g' / g.
     *
     * @param square g^2
     * @param sum Q; 0 before the first sample, which is not limited
     * @param weight N
     */
    static double share(double square, double h, double sum, double weight) {
        double limit = sum * Math.max(MEANS / weight, PART / h);
        return limit > 0 && square > limit ? Math.sqrt(limit / square) : 1;
    }
}
