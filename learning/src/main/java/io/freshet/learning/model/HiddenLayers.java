package io.freshet.learning.model;

import io.freshet.learning.parameters.Initializer;
import io.freshet.learning.parameters.Layer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The dense layers of a network: hidden ones of some activation, then one of plain sums to the outputs. What a
 * specification says of them.
 *
 * <p>Parameters stand layer by layer: {@code dense1.weights}, {@code dense1.biases}, ..., {@code output.weights}, {@code
 * output.biases}. Weights start as {@link Activation} has them, biases at 0. Those of the output start uniform in +-1 /
 * sqrt(in), PyTorch's default and smaller than Glorot's: the first predictions are then close to even, so that the first
 * updates, the largest of an adaptive optimizer, have less to undo.
 *
 * @param hidden units of each hidden layer, each &gt; 0; may be empty
 * @param activation of the hidden layers
 * @param dropout share of the hidden units that each update leaves out, in [0, 1)
 */
public record HiddenLayers(List<Integer> hidden, Activation activation, double dropout) {
    public HiddenLayers {
        hidden = List.copyOf(hidden);
    }

    /** No hidden layer: outputs that are plain sums of the inputs. */
    static HiddenLayers none() {
        return new HiddenLayers(List.of(), Activation.IDENTITY, 0);
    }

    /** Returns the hyperparameters by their names in YAML, in the order to print them. */
    Map<String, Object> hyperparameters() {
        Map<String, Object> all = shape();
        all.put("dropout", dropout);
        return all;
    }

    /** Returns those that parameters depend on. */
    Map<String, Object> shape() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("hidden", hidden);
        all.put("activation", activation.id());
        return all;
    }

    /** Returns the parameters from {@code in} inputs to {@code outputs}, in the order in which they stand. */
    List<Layer> layers(int in, int outputs) {
        List<Layer> layers = new ArrayList<>();
        int width = in;
        for (int i = 0; i < hidden.size(); i++) {
            int units = hidden.get(i);
            add(layers, name(i), width, units, activation.start(width, units));
            width = units;
        }
        add(layers, "output", width, outputs, Initializer.uniform(1 / Math.sqrt(width)));
        return layers;
    }

    private static void add(List<Layer> layers, String name, int in, int out, Initializer start) {
        layers.add(new Layer(name + ".weights", in, out, start));
        layers.add(new Layer(name + ".biases", 1, out, Initializer.zero()));
    }

    static String name(int hiddenLayer) {
        return "dense" + (hiddenLayer + 1);
    }

    /**
     * Returns these layers ready to run.
     *
     * @param at where their parameters start among all
     */
    DenseStack stack(int in, int outputs, int at, long seed) {
        return new DenseStack(this, in, outputs, at, seed);
    }
}
