package io.freshet.learning.network;

import io.freshet.learning.linalg.Gemm;
import io.freshet.learning.linalg.Magnitudes;
import io.freshet.learning.parameters.Gradient;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A fully connected layer, computed for many rows at once.
 *
 * <pre>
 *   Z = X W + b                    X: rows x in, W: in x out, b: out; row by row
 *   Y = activation(Z), then dropout
 *   D = dLoss/dZ                   rows x out
 *   dLoss/dW = X' D,   dLoss/db = column sums of D, in the order of the rows,   dLoss/dX = D W'
 * </pre>
 *
 * Holds scratch space, which grows to the largest number of rows, and never parameters. Pinned by {@code
 * NetworkGradientTest}.
 */
final class DenseLayer {
    private final int in;
    private final int out;
    private final int weights;
    private final int biases;
    private final Activation activation;
    private final @Nullable Dropout dropout;

    private float[] input = {};
    private int inputAt;
    private int rows;
    private boolean dropping;
    private float[] sums = {};
    private float[] output = {};
    private float[] dropped = {};
    private float[] inputDelta = {};

    /**
     * @param at index of the first weight among the parameters; the biases follow
     * @param dropout null for none
     * @throws IllegalStateException if OpenBLAS cannot be loaded
     */
    DenseLayer(int in, int out, int at, Activation activation, @Nullable Dropout dropout) {
        Gemm.load();
        this.in = in;
        this.out = out;
        weights = at;
        biases = at + in * out;
        this.activation = activation;
        this.dropout = dropout;
    }

    /**
     * Returns the outputs of rows, from index 0; valid until the next call.
     *
     * @param x inputs from {@code xAt}; {@link #backward} reads them again
     * @param update number of this update, or {@link Network#PREDICT}
     * @param first index in the batch of the first row
     */
    float[] forward(float[] state, float[] x, int xAt, int rowCount, long update, long first) {
        input = x;
        inputAt = xAt;
        rows = rowCount;
        if (output.length < rows * out) {
            output = new float[rows * out];
            sums = activation.needsSums() ? new float[rows * out] : output;
        }
        for (int row = 0; row < rows; row++) {
            System.arraycopy(state, biases, sums, row * out, out);
        }
        Gemm.multiply(false, false, rows, out, in, x, xAt, in, state, weights, out, 1, sums, 0, out);
        activation.apply(sums, output, rows * out);
        dropping = dropout != null && update != Network.PREDICT;
        if (dropout == null || !dropping) {
            return output;
        }
        if (dropped.length < rows * out) {
            dropped = new float[output.length];
        }
        dropout.apply(output, dropped, rows, out, update, first);
        return dropped;
    }

    /**
     * Adds the gradient of the rows of the last {@link #forward}.
     *
     * @param delta dLoss/dY, rows x out from index 0; becomes dLoss/dZ
     * @param beta from {@link Gradient#openDense}
     * @return an upper bound on the magnitudes added; NaN or infinite if unknown
     */
    float backward(float[] delta, Gradient gradient, float beta) {
        int length = rows * out;
        if (dropout != null && dropping) {
            dropout.chain(delta, length);
        }
        activation.chain(sums, output, delta, length);
        float[] dense = gradient.dense();
        int w = weights - gradient.denseFrom();
        int b = biases - gradient.denseFrom();
        Gemm.multiply(true, false, in, out, rows, input, inputAt, in, delta, 0, out, beta, dense, w, out);
        if (beta == 0) {
            Arrays.fill(dense, b, b + out, 0);
        }
        for (int row = 0; row < rows; row++) {
            int at = row * out;
            for (int k = 0; k < out; k++) {
                dense[b + k] += delta[at + k];
            }
        }
        return Magnitudes.sum(delta, 0, length) * Math.max(1, Magnitudes.sum(input, inputAt, rows * in));
    }

    /**
     * Returns dLoss/dX of the rows of the last {@link #backward}, without the first columns: rows x (in - from) from
     * index 0; valid until the next call.
     *
     * @param delta dLoss/dZ, as {@link #backward} left it
     * @param from first input to return
     */
    float[] inputDelta(float[] state, float[] delta, int from) {
        int width = in - from;
        if (inputDelta.length < rows * width) {
            inputDelta = new float[rows * width];
        }
        int w = weights + from * out;
        Gemm.multiply(false, true, rows, width, out, delta, 0, out, state, w, out, 0, inputDelta, 0, width);
        return inputDelta;
    }
}
