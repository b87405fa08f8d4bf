package io.freshet.learning.model;

import static io.freshet.learning.math.Transcendental.sigmoid;
import static io.freshet.learning.math.Transcendental.tanh;

import io.freshet.learning.math.Gemm;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.math.Underflow;
import java.util.Arrays;

/**
 * A gated recurrent unit: one product for the inputs of all steps, then the state step by step for all samples at once.
 *
 * <pre>
 *   G = dLoss/dh', through the step's own logits and through the next step
 *   dz = G (h - n) z (1 - z)           with respect to a_z and c_z
 *   dn = G (1 - z) (1 - n^2)           with respect to a_n; dn r with respect to c_n
 *   dr = dn c_n r (1 - r)              with respect to a_r and c_r
 *   dLoss/dh = G z + [dr | dz | dn r] U'        added to G of the previous step, unless truncated there
 *   dLoss/dU = sum over rows of h' [dr | dz | dn r]
 * </pre>
 *
 * The tails of r and z, and the gradients that they shrink, are rounded ({@link Underflow#round}). h and G are not: biases do not start at
 * 0, and each step adds the loss of its own.
 *
 * <p>The forward equations are in {@code SequenceCell}. Pinned by {@code SequenceGoldenTest} and {@code
 * SequenceGradientTest}.
 */
final class GruNetwork implements CellNetwork {
    private static final float[] NONE = {};

    /** What the gates of a hidden unit cost, in the unit of {@link ThreadTeam#grain}. */
    private static final int COST_OF_GATES = 3 * Activation.COST_OF_EXP;

    private final ThreadTeam team;
    private final ThreadTeam.Range gateRows = this::gateRows;
    private final ThreadTeam.Range weightGradient = this::weightGradient;
    private final int hidden;
    private final int gates;
    private final int weights;
    private final int biases;
    private final int truncate;
    private final DenseLayer input;
    /** The state h before each row and after it, length H. */
    private float[] before = {};

    private float[] after = {};
    /** For each row, length 3H: r, z and n; then c; then the gradients with respect to a and to c. */
    private float[] gate = {};

    private float[] recurrent = {};
    private float[] inputDelta = {};
    private float[] recurrentDelta = {};
    private float[] carried = {};

    // What the ranges of a loop read; NONE between the calls, so that nothing is kept alive.
    private float[] inputSums = NONE;
    private float[] dense = NONE;
    private int firstRow;
    private int rows;
    private int weightsAt;
    private float beta;

    GruNetwork(int in, int hidden, int at, int truncate, ThreadTeam team) {
        this.team = team;
        this.hidden = hidden;
        this.truncate = truncate;
        gates = 3 * hidden;
        weights = at + (in + 1) * gates;
        biases = weights + hidden * gates;
        input = new DenseLayer(in, gates, at, Activation.IDENTITY, null, team);
    }

    @Override
    public int width() {
        return gates;
    }

    @Override
    public float[] forward(float[] state, float[] x, PackedSteps steps) {
        int rows = steps.rows();
        if (after.length < rows * hidden) {
            before = new float[rows * hidden];
            after = new float[rows * hidden];
            gate = new float[rows * gates];
            recurrent = new float[rows * gates];
        }
        inputSums = input.forward(state, x, 0, rows, Network.PREDICT, 0);
        for (int t = 0; t < steps.longest(); t++) {
            int from = steps.start(t);
            int to = steps.start(t + 1);
            recur(state, steps, t, from, to);
            firstRow = from;
            team.run(to - from, ThreadTeam.grain(to - from, (long) (to - from) * hidden * COST_OF_GATES), gateRows);
        }
        inputSums = NONE;
        return after;
    }

    /** Copies h of the previous step to the rows of a step, and computes h U + d. */
    private void recur(float[] state, PackedSteps steps, int t, int from, int to) {
        for (int row = from; row < to; row++) {
            if (t == 0) {
                Arrays.fill(before, row * hidden, (row + 1) * hidden, 0);
            } else {
                System.arraycopy(after, steps.before(row) * hidden, before, row * hidden, hidden);
            }
            System.arraycopy(state, biases, recurrent, row * gates, gates);
        }
        if (t > 0 && to > from) {
            Gemm.multiply(
                    false,
                    false,
                    to - from,
                    gates,
                    hidden,
                    before,
                    from * hidden,
                    hidden,
                    state,
                    weights,
                    gates,
                    1,
                    recurrent,
                    from * gates,
                    gates);
        }
    }

    private void gateRows(int from, int to, int thread) {
        for (int row = firstRow + from; row < firstRow + to; row++) {
            gate(inputSums, row);
        }
    }

    private void gate(float[] sums, int row) {
        int r = row * gates;
        int z = r + hidden;
        int n = z + hidden;
        for (int k = 0; k < hidden; k++) {
            float reset = Underflow.round((float) sigmoid(sums[r + k] + recurrent[r + k]));
            float update = Underflow.round((float) sigmoid(sums[z + k] + recurrent[z + k]));
            float candidate = (float) tanh(sums[n + k] + reset * recurrent[n + k]);
            gate[r + k] = reset;
            gate[z + k] = update;
            gate[n + k] = candidate;
            int h = row * hidden + k;
            after[h] = (1 - update) * candidate + update * before[h];
        }
    }

    @Override
    public void backward(float[] state, float[] delta, PackedSteps steps, Gradient gradient, float beta) {
        int rows = steps.rows();
        if (inputDelta.length < rows * gates) {
            inputDelta = new float[rows * gates];
            recurrentDelta = new float[rows * gates];
            carried = new float[rows * hidden];
        }
        for (int t = steps.longest() - 1; t >= 0; t--) {
            int from = steps.start(t);
            int to = steps.start(t + 1);
            for (int row = from; row < to; row++) {
                ungate(delta, row);
            }
            if (t % truncate != 0 && to > from) {
                carry(state, delta, steps, from, to);
            }
        }
        input.backward(inputDelta, gradient, beta);
        dense = gradient.dense();
        weightsAt = weights - gradient.denseFrom();
        this.beta = beta;
        this.rows = rows;
        team.run(hidden, ThreadTeam.grain(hidden, 2L * rows * hidden * gates), weightGradient);
        int b = biases - gradient.denseFrom();
        if (beta == 0) {
            Arrays.fill(dense, b, b + gates, 0);
        }
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < gates; k++) {
                dense[b + k] += recurrentDelta[row * gates + k];
            }
        }
        dense = NONE;
    }

    private void weightGradient(int from, int to, int thread) {
        int w = weightsAt + from * gates;
        Gemm.multiply(
                true,
                false,
                to - from,
                gates,
                rows,
                before,
                from,
                hidden,
                recurrentDelta,
                0,
                gates,
                beta,
                dense,
                w,
                gates);
    }

    /** Computes the gradients with respect to the sums a and c of a row's gates. */
    private void ungate(float[] delta, int row) {
        int r = row * gates;
        int z = r + hidden;
        int n = z + hidden;
        for (int k = 0; k < hidden; k++) {
            int h = row * hidden + k;
            float reset = gate[r + k];
            float update = gate[z + k];
            float candidate = gate[n + k];
            float byCandidate = Underflow.round(delta[h] * (1 - update) * ((1 - candidate) * (1 + candidate)));
            float byUpdate = Underflow.round(delta[h] * (before[h] - candidate) * (update * (1 - update)));
            float byReset = Underflow.round(byCandidate * recurrent[n + k] * (reset * (1 - reset)));
            inputDelta[r + k] = byReset;
            inputDelta[z + k] = byUpdate;
            inputDelta[n + k] = byCandidate;
            recurrentDelta[r + k] = byReset;
            recurrentDelta[z + k] = byUpdate;
            recurrentDelta[n + k] = Underflow.round(byCandidate * reset);
        }
    }

    /** Adds the gradient with respect to h to the rows of the previous step. */
    private void carry(float[] state, float[] delta, PackedSteps steps, int from, int to) {
        Gemm.multiply(
                false,
                true,
                to - from,
                hidden,
                gates,
                recurrentDelta,
                from * gates,
                gates,
                state,
                weights,
                gates,
                0,
                carried,
                0,
                hidden);
        for (int row = from; row < to; row++) {
            int source = (row - from) * hidden;
            int target = steps.before(row) * hidden;
            for (int k = 0; k < hidden; k++) {
                delta[target + k] += carried[source + k] + delta[row * hidden + k] * gate[row * gates + hidden + k];
            }
        }
    }

    @Override
    public float[] inputDelta(float[] state, int from) {
        return input.inputDelta(state, inputDelta, from);
    }
}
