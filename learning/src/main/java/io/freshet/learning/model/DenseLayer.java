package io.freshet.learning.model;

import io.freshet.learning.math.Gemm;
import io.freshet.learning.math.Magnitudes;
import io.freshet.learning.math.ThreadTeam;
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
    private static final float[] NONE = {};

    private final ThreadTeam team;
    private final ThreadTeam.Range outputs = this::outputs;
    private final ThreadTeam.Range sumGradient = this::sumGradient;
    private final ThreadTeam.Range weightGradient = this::weightGradient;
    private final ThreadTeam.Range inputGradient = this::inputGradient;
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

    // What the ranges of a loop read; NONE between the calls, so that no state is kept alive.
    private float[] state = NONE;
    private float[] outputDelta = NONE;
    private float[] gradient = NONE;
    private int weightsAt;
    private float beta;
    private int firstInput;

    /**
     * @param at index of the first weight among the parameters; the biases follow
     * @param dropout null for none
     * @param team shares the products: of the columns of Z, the rows of dLoss/dW, and the columns of dLoss/dX
     * @throws IllegalStateException if OpenBLAS cannot be loaded
     */
    DenseLayer(int in, int out, int at, Activation activation, @Nullable Dropout dropout, ThreadTeam team) {
        Gemm.load();
        this.team = team;
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
        this.state = state;
        team.run(out, ThreadTeam.grain(out, (long) rows * out * (2L * in + activation.cost())), outputs);
        this.state = NONE;
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

    private void outputs(int from, int to, int thread) {
        for (int row = 0; row < rows; row++) {
            System.arraycopy(state, biases + from, sums, row * out + from, to - from);
        }
        Gemm.multiply(
                false, false, rows, to - from, in, input, inputAt, in, state, weights + from, out, 1, sums, from, out);
        for (int row = 0; row < rows; row++) {
            activation.apply(sums, output, row * out + from, row * out + to);
        }
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
        float[] dense = gradient.dense();
        int b = biases - gradient.denseFrom();
        outputDelta = delta;
        this.gradient = dense;
        this.beta = beta;
        weightsAt = weights - gradient.denseFrom();
        team.run(length, ThreadTeam.grain(length, (long) length * activation.cost()), sumGradient);
        team.run(in, ThreadTeam.grain(in, 2L * rows * in * out), weightGradient);
        outputDelta = NONE;
        this.gradient = NONE;
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

    private void sumGradient(int from, int to, int thread) {
        activation.chain(sums, output, outputDelta, from, to);
    }

    private void weightGradient(int from, int to, int thread) {
        int at = weightsAt + from * out;
        Gemm.multiply(
                true,
                false,
                to - from,
                out,
                rows,
                input,
                inputAt + from,
                in,
                outputDelta,
                0,
                out,
                beta,
                gradient,
                at,
                out);
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
        this.state = state;
        outputDelta = delta;
        firstInput = from;
        team.run(width, ThreadTeam.grain(width, 2L * rows * width * out), inputGradient);
        this.state = NONE;
        outputDelta = NONE;
        return inputDelta;
    }

    private void inputGradient(int from, int to, int thread) {
        int width = in - firstInput;
        int at = weights + (firstInput + from) * out;
        Gemm.multiply(
                false, true, rows, to - from, out, outputDelta, 0, out, state, at, out, 0, inputDelta, from, width);
    }
}
