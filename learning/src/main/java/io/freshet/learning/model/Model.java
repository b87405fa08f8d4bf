package io.freshet.learning.model;

import io.freshet.learning.batch.BatchShape;
import io.freshet.learning.loss.Task;
import io.freshet.learning.network.Network;
import io.freshet.learning.parameters.Layer;
import io.freshet.learning.parameters.StateLayout;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The shape of what is learned: a value from the specification that makes networks. */
public sealed interface Model permits Linear, FactorizationMachine, Mlp, EmbeddingMlp, Sequence {
    /** Returns the name in YAML, for example {@code linear}. */
    String name();

    /** Returns the hyperparameters by their names in YAML, in the order to print them. */
    default Map<String, Object> hyperparameters() {
        return Map.of();
    }

    /** Returns those hyperparameters that give parameters their meaning; the others may change while a model learns. */
    default Map<String, Object> shape() {
        return hyperparameters();
    }

    /** Returns how the samples of a batch are packed for this model. */
    BatchShape batchShape(InputShape in, int labelLength);

    /**
     * Returns the parameters, layer by layer, in the order in which they stand.
     *
     * @param outputs K; of a sequence, at each step
     */
    List<Layer> layers(InputShape in, int outputs);

    /**
     * Returns why the model cannot learn such samples, or null if it can.
     *
     * @param numeric numeric features among the numbers
     */
    default @Nullable String incompatibility(InputShape in, int numeric, Task task) {
        if (task == Task.SEQUENCE) {
            return "model.type: " + name() + " (expected: sequence, which sequence-cross-entropy needs)";
        }
        return null;
    }

    /**
     * Returns where a parameter stands.
     *
     * @param layers as {@link #layers} returns them
     * @param index of the parameter among all of them
     */
    default Coordinate coordinate(List<Layer> layers, int index) {
        int rest = index;
        int layer = 0;
        while (rest >= layers.get(layer).count()) {
            rest -= (int) layers.get(layer++).count();
        }
        int columns = layers.get(layer).columns();
        return new Coordinate(layer, rest / columns, rest % columns);
    }

    /** Returns the coordinates of a row of the sparse part: what one hashed feature touches; 1 if there is none. */
    int rowWidth(InputShape in, int outputs);

    /** Whether parameters are one table of rows, of which a sample touches a few. */
    boolean isTable();

    /** Returns a network with scratch space of its own, for one thread, over states of a layout. */
    Network network(InputShape in, int outputs, StateLayout layout, long seed);

    /** Returns the steps of the longest sequence, or 0 for a model of single samples. */
    default int steps() {
        return 0;
    }

    /** Whether hashed features are kept apart by field. */
    default boolean separatesFields() {
        return false;
    }

    /** Returns how many parameters there are. */
    default long parameterCount(InputShape in, int outputs) {
        return layers(in, outputs).stream().mapToLong(Layer::count).sum();
    }

    /** Returns where parameters and slots stand. */
    default StateLayout layout(InputShape in, int outputs, int slots) {
        int count = Math.toIntExact(parameterCount(in, outputs));
        return new StateLayout(count, rowWidth(in, outputs), slots, isTable());
    }

    /** Returns the parameters before any sample. */
    default float[] initialParameters(InputShape in, int outputs, long seed) {
        float[] parameters = new float[Math.toIntExact(parameterCount(in, outputs))];
        int at = 0;
        for (Layer layer : layers(in, outputs)) {
            layer.initializer().fill(seed, layer, parameters, at);
            at += (int) layer.count();
        }
        return parameters;
    }
}
