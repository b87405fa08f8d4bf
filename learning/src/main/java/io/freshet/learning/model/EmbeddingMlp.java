package io.freshet.learning.model;

import io.freshet.learning.loss.Task;
import io.freshet.learning.math.ThreadTeam;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dense layers over numbers and embeddings: each hashed field becomes a short learned vector.
 *
 * <pre>
 *   e_f = sum of x_i E[r_i] over the entries (r_i, x_i) of field f       E: buckets x dimension, shared by all fields
 *   z   = mlp([numbers | e_1 | e_2 | ...])                               fields in the order of the encoder
 * </pre>
 *
 * The hash of a value includes its field, so two fields share a row only by collision. An update touches only the rows
 * of its samples. Embeddings start uniform in +-0.05, Keras's default: small, so that an unseen row has little effect,
 * and not 0, so that rows differ. Pinned by {@code NetworkGoldenTest}.
 *
 * @param dimension length of an embedding
 * @see <a href="https://keras.io/api/layers/initializers/#randomuniform-class">Keras, RandomUniform</a>
 * @see <a href="https://arxiv.org/abs/1604.06737">Guo, Berkhahn, Entity embeddings of categorical variables, 2016</a>
 */
public record EmbeddingMlp(int dimension, HiddenLayers layers) implements Model {
    private static final double START = 0.05;

    @Override
    public String name() {
        return "embedding-mlp";
    }

    @Override
    public double dropout() {
        return layers.dropout();
    }

    @Override
    public BatchShape batchShape(InputShape in, int labelLength) {
        return new BatchShape(false, in.numbers(), 1, in.fields(), labelLength);
    }

    @Override
    public List<Layer> layers(InputShape in, int outputs) {
        List<Layer> all = new ArrayList<>();
        all.add(new Layer("embeddings", in.buckets(), dimension, Initializer.uniform(START)));
        all.addAll(layers.between(inputs(in).width(), outputs).layers());
        return all;
    }

    private EmbeddingShape inputs(InputShape in) {
        return new EmbeddingShape(in.numbers(), in.fields(), in.buckets(), dimension);
    }

    @Override
    public @Nullable String incompatibility(InputShape in, int numeric, Task task) {
        if (in.fields() == 0) {
            return "model.type: embedding-mlp (expected: mlp, since no feature is hashed)";
        }
        return Model.super.incompatibility(in, numeric, task);
    }

    @Override
    public void copyParameters(InputChange change, InputShape after, int outputs, InputChange.Copier copier) {
        layers.copyParameters(change, dimension, layers.between(inputs(after).width(), outputs), copier);
    }

    @Override
    public int rowWidth(InputShape in, int outputs) {
        return dimension;
    }

    @Override
    public boolean isTable() {
        return false;
    }

    @Override
    public boolean separatesFields() {
        return true;
    }

    @Override
    public Network network(InputShape in, int outputs, StateLayout layout, long seed, ThreadTeam team) {
        EmbeddingShape inputs = inputs(in);
        return Network.embeddingMlp(inputs, layers.between(inputs.width(), outputs), layout.parameters(), seed, team);
    }
}
