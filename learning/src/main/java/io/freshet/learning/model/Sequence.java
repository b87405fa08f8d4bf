package io.freshet.learning.model;

import io.freshet.learning.loss.Task;
import io.freshet.learning.math.ThreadTeam;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Predicts a class for each step of a sequence: a recurrent or a dense layer and an output layer, shared by all steps.
 *
 * <pre>
 *   x_t = [numbers of step t | E[row of word t]]      E: buckets x embedding; either part may be absent
 *   h_t = cell(x_t, h_{t-1})                          length H
 *   z_t = h_t V + c                                   length K
 * </pre>
 *
 * Backpropagation through time is truncated (Williams and Peng 1990). The state h passes through the whole sequence,
 * but no gradient flows back over the boundaries before steps {@code truncate}, 2 {@code truncate}, ..., counted from
 * the start. An update touches only the rows of E of its words. Rows of E start uniform in +-0.05, as in {@code
 * embedding-mlp}. Pinned by {@code SequenceGoldenTest} and {@code SequenceGradientTest}.
 *
 * @param cell computes h from the inputs
 * @param hidden length of h, H
 * @param steps of the longest sequence, at least 2
 * @param truncate steps between the boundaries; 0 for no truncation
 * @param embedding length of a word's embedding
 */
public record Sequence(SequenceCell cell, int hidden, int steps, int truncate, int embedding) implements Model {
    private static final double EMBEDDING_START = 0.05;
    /** The largest number of inputs or hidden units of one sequence, so that a batch fits its scratch space. */
    private static final int MAXIMUM_NUMBERS = 1 << 19;

    @Override
    public String name() {
        return "sequence";
    }

    @Override
    public BatchShape batchShape(InputShape in, int labelLength) {
        return new BatchShape(false, in.numbers(), steps, 0, labelLength);
    }

    @Override
    public List<Layer> layers(InputShape in, int outputs) {
        List<Layer> all = new ArrayList<>();
        if (in.buckets() > 0) {
            all.add(new Layer("embeddings", in.buckets(), embedding, Initializer.uniform(EMBEDDING_START)));
        }
        all.addAll(cell.layers(width(in), hidden, outputs));
        return all;
    }

    /** Returns the number of inputs of a step. */
    private int width(InputShape in) {
        return in.numbers() + (in.buckets() > 0 ? embedding : 0);
    }

    @Override
    public @Nullable String incompatibility(InputShape in, int numeric, Task task) {
        if (task != Task.SEQUENCE) {
            return "loss (expected: sequence-cross-entropy, as required by model.type sequence)";
        }
        if (numeric > 0) {
            return "features.numeric: " + numeric
                    + " fields (expected: none; put the numbers of a sequence in dense, step by step)";
        }
        if (in.fields() > 1) {
            return "features: " + in.fields()
                    + " hashed fields (expected: at most one tokens field, with a word for each step)";
        }
        long width = Math.max(width(in), hidden);
        if (steps * width > MAXIMUM_NUMBERS) {
            return "model.steps: " + steps + " (expected: up to " + MAXIMUM_NUMBERS / width + ", of " + width
                    + " numbers each)";
        }
        return null;
    }

    @Override
    public boolean inputsMayChange() {
        return false;
    }

    @Override
    public int rowWidth(InputShape in, int outputs) {
        return in.buckets() > 0 ? embedding : 1;
    }

    @Override
    public boolean isTable() {
        return false;
    }

    @Override
    public Network network(InputShape in, int outputs, StateLayout layout, long seed, ThreadTeam team) {
        SequenceShape shape =
                new SequenceShape(in.numbers(), in.buckets(), in.buckets() > 0 ? embedding : 0, hidden, outputs, steps);
        int boundary = truncate == 0 ? steps : truncate;
        CellNetwork cellNetwork = cell.network(shape.width(), hidden, shape.table(), boundary, team);
        return Network.sequence(shape, cellNetwork, layout.parameters(), team);
    }
}
