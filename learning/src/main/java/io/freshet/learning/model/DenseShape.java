package io.freshet.learning.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The widths of a stack of dense layers: hidden layers with an activation, then an output layer of plain sums.
 *
 * <p>Parameters are stored layer by layer: {@code dense1.weights}, {@code dense1.biases}, ..., {@code output.weights},
 * {@code output.biases}. Weights start as {@link Activation} defines, biases at 0. Output weights start uniform in +-1
 * / sqrt(in), PyTorch's default and smaller than Glorot's: the first predictions are then nearly uniform. The first
 * updates, the largest of an adaptive optimizer, have less to undo.
 *
 * @param in inputs of the first layer
 * @param hidden units of each hidden layer, each &gt; 0; may be empty
 * @param outputs units of the output layer
 * @param activation of the hidden layers
 * @param dropout share of the hidden units that each update drops, in [0, 1)
 */
public record DenseShape(int in, List<Integer> hidden, int outputs, Activation activation, double dropout) {
    public DenseShape {
        hidden = List.copyOf(hidden);
    }

    /** Returns the parameters in the order in which they are stored. */
    public List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        int width = in;
        for (int i = 0; i < hidden.size(); i++) {
            int units = hidden.get(i);
            add(layers, name(i), width, units, activation.initializer(width, units));
            width = units;
        }
        add(layers, "output", width, outputs, Initializer.uniform(1 / Math.sqrt(width)));
        return layers;
    }

    /** Returns the number of inputs or units of the widest layer. */
    int width() {
        return layers().stream()
                .mapToInt(layer -> Math.max(layer.rows(), layer.columns()))
                .max()
                .orElseThrow();
    }

    private static void add(List<Layer> layers, String name, int in, int out, Initializer start) {
        layers.add(new Layer(name + ".weights", in, out, start));
        layers.add(new Layer(name + ".biases", 1, out, Initializer.zero()));
    }

    static String name(int hiddenLayer) {
        return "dense" + (hiddenLayer + 1);
    }
}
