package io.freshet.learning.model;

import java.util.List;

/**
 * The hidden layers of a model, as its specification configures them.
 *
 * @param hidden units of each hidden layer, each &gt; 0
 * @param activation of the hidden layers
 * @param dropout share of the hidden units that each update drops, in [0, 1)
 */
public record HiddenLayers(List<Integer> hidden, Activation activation, double dropout) {
    public HiddenLayers {
        hidden = List.copyOf(hidden);
    }

    /** Copies the parameters of these layers that continue after a change of the inputs; see {@link InputChange#copyDense}. */
    void copyParameters(InputChange change, int dimension, DenseShape after, InputChange.Copier copier) {
        List<Layer> all = after.layers();
        Layer first = all.get(0);
        long count = all.stream().mapToLong(Layer::count).sum();
        change.copyDense(dimension, first.columns(), Math.toIntExact(count - first.count()), copier);
    }

    /** Returns these layers between inputs and an output layer. */
    DenseShape between(int in, int outputs) {
        return new DenseShape(in, hidden, outputs, activation, dropout);
    }
}
