package io.freshet.learning.model;

/**
 * K weighted sums of the features.
 *
 * <pre>
 *   z_k = sum_r theta[r * K + k] * x_r          row 0 is the bias, x_0 = 1
 * </pre>
 *
 * With binary cross-entropy this is logistic regression, with squared error linear regression, with K classes softmax
 * regression. Parameters start at 0.
 */
public record Linear() implements Model {
    @Override
    public String name() {
        return "linear";
    }

    @Override
    public int parameterCount(int rows, int outputs) {
        return Math.multiplyExact(rows, outputs);
    }

    @Override
    public Network network(int rows, int outputs) {
        return new LinearNetwork(rows, outputs);
    }
}
