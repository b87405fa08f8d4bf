package io.freshet.learning.model;

import io.freshet.learning.math.ThreadTeam;
import java.util.List;

/**
 * K weighted sums of the features.
 *
 * <pre>
 *   z_k = sum_r theta[r * K + k] * x_r          row 0 is the bias, x_0 = 1
 * </pre>
 *
 * This is logistic regression with binary cross-entropy, linear regression with squared error, and softmax regression
 * with K classes. Parameters start at 0. Pinned by {@code NetworkGradientTest}.
 */
public record Linear() implements Model {
    @Override
    public String name() {
        return "linear";
    }

    @Override
    public BatchShape batchShape(InputShape in, int labelLength) {
        return BatchShape.rows(labelLength);
    }

    @Override
    public List<Layer> layers(InputShape in, int outputs) {
        return List.of(
                new Layer("bias", 1, outputs, Initializer.zero()),
                new Layer("weights", in.numbers() + in.buckets(), outputs, Initializer.zero()));
    }

    @Override
    public int rowWidth(InputShape in, int outputs) {
        return outputs;
    }

    @Override
    public boolean isTable() {
        return true;
    }

    @Override
    public Network network(InputShape in, int outputs, StateLayout layout, long seed, ThreadTeam team) {
        return Network.linear(1 + in.numbers() + in.buckets(), outputs, layout.stride());
    }
}
