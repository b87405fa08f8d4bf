package io.freshet.learning.model;

import io.freshet.learning.math.ThreadTeam;
import java.util.List;

/**
 * K weighted sums of the features and their pairs, where the weight of a pair is the dot product of two short vectors.
 *
 * <pre>
 *   z_k = w_0k + sum_i w_ik x_i + sum_{i < j} (sum_f v_ikf v_jkf) x_i x_j
 *       = w_0k + sum_i w_ik x_i + 1/2 sum_f [(sum_i v_ikf x_i)^2 - sum_i (v_ikf x_i)^2]
 *
 *   row i   [w_i1 | v_i1f, f in [0, rank) | w_i2 | v_i2f | ...]        length K * (1 + rank); row 0 is the bias
 * </pre>
 *
 * The bias is in no pair: its factors start at 0 and have no gradient. Each output has its own factors. Weights start
 * at 0, factors normal with standard deviation 0.01; from 0 they could not move, as their gradients would be 0. Pinned
 * by {@code FactorizationMachineTest}.
 *
 * @param rank factors of a feature, at least 1
 * @see <a href="https://www.csie.ntu.edu.tw/~b97053/paper/Rendle2010FM.pdf">Rendle, Factorization Machines (2010)</a>
 */
public record FactorizationMachine(int rank) implements Model {
    private static final double DEVIATION = 0.01;

    @Override
    public String name() {
        return "factorization-machine";
    }

    @Override
    public BatchShape batchShape(InputShape in, int labelLength) {
        return BatchShape.rows(labelLength);
    }

    /** Layers are interleaved in the rows. The first row of the factors belongs to the bias and stays 0. */
    @Override
    public List<Layer> layers(InputShape in, int outputs) {
        int features = in.numbers() + in.buckets();
        return List.of(
                new Layer("bias", 1, outputs, Initializer.zero()),
                new Layer("weights", features, outputs, Initializer.zero()),
                new Layer("factors", 1 + features, outputs * rank, Initializer.normal(DEVIATION)));
    }

    /** In a row, each output has its weight and then its factors. */
    @Override
    public Coordinate coordinate(List<Layer> layers, int index) {
        int outputs = layers.get(0).columns();
        int row = index / rowWidth(outputs);
        int output = index % rowWidth(outputs) / (1 + rank);
        int place = index % (1 + rank);
        if (place > 0) {
            return new Coordinate(2, row, output * rank + place - 1);
        }
        return row == 0 ? new Coordinate(0, 0, output) : new Coordinate(1, row - 1, output);
    }

    private int rowWidth(int outputs) {
        return outputs * (1 + rank);
    }

    @Override
    public int rowWidth(InputShape in, int outputs) {
        return rowWidth(outputs);
    }

    @Override
    public double share(int place) {
        return place % (1 + rank) == 0 ? 1 : 0.5;
    }

    @Override
    public boolean isTable() {
        return true;
    }

    /** Interleaves the factors with the weights, which are 0, and skips those of the bias. */
    @Override
    public float[] initialParameters(InputShape in, int outputs, long seed) {
        Layer layer = layers(in, outputs).get(2);
        float[] factors = new float[Math.toIntExact(layer.count())];
        layer.initializer().fill(seed, layer, factors, 0);
        float[] parameters = new float[Math.toIntExact(parameterCount(in, outputs))];
        for (int i = outputs; i < layer.rows() * outputs; i++) {
            System.arraycopy(factors, i * rank, parameters, i * (1 + rank) + 1, rank);
        }
        return parameters;
    }

    @Override
    public Network network(InputShape in, int outputs, StateLayout layout, long seed, ThreadTeam team) {
        return Network.factorizationMachine(1 + in.numbers() + in.buckets(), outputs, rank, layout.stride());
    }
}
