package io.freshet.learning.model;

import io.freshet.learning.loss.Task;
import io.freshet.learning.math.ThreadTeam;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A multilayer perceptron: dense layers over the numbers of a sample.
 *
 * <pre>
 *   h_0 = x,   h_i = activation(h_i-1 W_i + b_i),   z = h_n W_output + b_output        W: in x out, row by row
 * </pre>
 *
 * For hashed features, which are rows of a table, see {@link EmbeddingMlp}. Pinned by {@code NetworkGoldenTest}.
 */
public record Mlp(HiddenLayers layers) implements Model {
    @Override
    public String name() {
        return "mlp";
    }

    @Override
    public double dropout() {
        return layers.dropout();
    }

    @Override
    public BatchShape batchShape(InputShape in, int labelLength) {
        return new BatchShape(false, in.numbers(), 1, 0, labelLength);
    }

    @Override
    public List<Layer> layers(InputShape in, int outputs) {
        return layers.between(in.numbers(), outputs).layers();
    }

    @Override
    public @Nullable String incompatibility(InputShape in, int numeric, Task task) {
        if (in.fields() > 0) {
            return "model.type: mlp (expected: embedding-mlp, which accepts hashed features)";
        }
        return Model.super.incompatibility(in, numeric, task);
    }

    @Override
    public void copyParameters(InputChange change, InputShape after, int outputs, InputChange.Copier copier) {
        layers.copyParameters(change, 0, layers.between(after.numbers(), outputs), copier);
    }

    @Override
    public int rowWidth(InputShape in, int outputs) {
        return 1;
    }

    @Override
    public boolean isTable() {
        return false;
    }

    @Override
    public Network network(InputShape in, int outputs, StateLayout layout, long seed, ThreadTeam team) {
        return Network.mlp(layers.between(in.numbers(), outputs), layout.parameters(), seed, team);
    }
}
