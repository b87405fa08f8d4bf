package io.freshet.learning.model;

import io.freshet.learning.math.ThreadTeam;
import java.util.List;

/** The layer of a {@link Sequence} between the inputs of a step and its output layer. */
public enum SequenceCell {
    /**
     * A gated recurrent unit, whose state h passes from step to step; h = 0 before the first.
     *
     * <pre>
     *   a = x W + b,  c = h U + d                 W: in x 3H, U: H x 3H; columns are gates r, z, n, H of each
     *   r = sigmoid(a_r + c_r)
     *   z = sigmoid(a_z + c_z)
     *   n = tanh(a_n + r c_n)
     *   h' = (1 - z) n + z h
     * </pre>
     *
     * The reset gate is applied after the product with U, as in PyTorch and cuDNN; the paper applies it before.
     * Parameters start uniform in +-1 / sqrt(H), as in PyTorch.
     *
     * @see <a href="https://arxiv.org/abs/1406.1078">Cho et al. 2014</a>
     */
    GRU("gru") {
        @Override
        List<Layer> layers(int in, int hidden, int outputs) {
            Initializer start = Initializer.uniform(1 / Math.sqrt(hidden));
            return List.of(
                    new Layer("gru.inputWeights", in, 3 * hidden, start),
                    new Layer("gru.inputBiases", 1, 3 * hidden, start),
                    new Layer("gru.hiddenWeights", hidden, 3 * hidden, start),
                    new Layer("gru.hiddenBiases", 1, 3 * hidden, start),
                    new Layer("output.weights", hidden, outputs, start),
                    new Layer("output.biases", 1, outputs, start));
        }

        @Override
        CellNetwork network(int in, int hidden, int at, int truncate, ThreadTeam team) {
            return CellNetwork.gru(in, hidden, at, truncate, team);
        }
    },
    /**
     * A layer of rectifiers without recurrence, shared by all steps: h' = max(0, x W + b). Weights start as He et al.
     * propose, output weights as Glorot and Bengio do, biases at 0.
     */
    DENSE("dense") {
        @Override
        List<Layer> layers(int in, int hidden, int outputs) {
            return List.of(
                    new Layer("dense.weights", in, hidden, Initializer.he(in)),
                    new Layer("dense.biases", 1, hidden, Initializer.zero()),
                    new Layer("output.weights", hidden, outputs, Initializer.glorot(hidden, outputs)),
                    new Layer("output.biases", 1, outputs, Initializer.zero()));
        }

        @Override
        CellNetwork network(int in, int hidden, int at, int truncate, ThreadTeam team) {
            return CellNetwork.perStep(in, hidden, at, team);
        }
    };

    private final String id;

    SequenceCell(String id) {
        this.id = id;
    }

    /** Returns the name in YAML, for example {@code gru}. */
    public String id() {
        return id;
    }

    /** Returns the layers of the cell and the output layer, in the order in which they are stored. */
    abstract List<Layer> layers(int in, int hidden, int outputs);

    /**
     * Returns a new network of the cell.
     *
     * @param at index of its first parameter
     * @param truncate steps between the boundaries where backpropagation stops
     * @param team shares its loops
     */
    abstract CellNetwork network(int in, int hidden, int at, int truncate, ThreadTeam team);
}
