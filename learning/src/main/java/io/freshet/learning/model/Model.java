package io.freshet.learning.model;

import io.freshet.learning.loss.Task;
import io.freshet.learning.math.ThreadTeam;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The model type of a specification with its hyperparameters: an immutable value that creates networks. */
public sealed interface Model permits Linear, FactorizationMachine, Mlp, EmbeddingMlp, Sequence {
    /** Returns the name in YAML, for example {@code linear}. */
    String name();

    /** Returns how the samples of a batch are packed for this model. */
    BatchShape batchShape(InputShape in, int labelLength);

    /**
     * Returns the layers of parameters, in the order in which they are stored.
     *
     * @param outputs K; for a sequence, of each step
     */
    List<Layer> layers(InputShape in, int outputs);

    /**
     * Returns why the model cannot learn samples of this shape; null if it can.
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
     * Returns the position of a parameter.
     *
     * @param layers as {@link #layers} returns them
     * @param index of the parameter among all parameters
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

    /** Returns whether features may be added or removed while a state continues. */
    default boolean inputsMayChange() {
        return true;
    }

    /** Copies the ranges of parameters that continue after a change of the inputs. */
    default void copyParameters(InputChange change, InputShape after, int outputs, InputChange.Copier copier) {
        change.copyTable(rowWidth(after, outputs), copier);
    }

    /** Returns the width of a row of the table, the parameters of one hashed feature; 1 without a table. */
    int rowWidth(InputShape in, int outputs);

    /**
     * Returns the share of {@code p * dz/dp} that belongs to the feature of a parameter p in a table. What a pair of features
     * contributes is in the parameters of both.
     *
     * @param place of the parameter in its row
     */
    default double share(int place) {
        return 1;
    }

    /** Returns whether all parameters are one table of rows, of which a sample touches a few. */
    boolean isTable();

    /**
     * Returns a new network, for one thread at a time, that reads states of the given layout.
     *
     * @param team shares its loops
     */
    Network network(InputShape in, int outputs, StateLayout layout, long seed, ThreadTeam team);

    /** Returns the length of the longest sequence; 0 for a model of single samples. */
    default int steps() {
        return 0;
    }

    /** Returns the share of hidden units that each update drops. */
    default double dropout() {
        return 0;
    }

    /** Returns whether hashed features are separated by field. */
    default boolean separatesFields() {
        return false;
    }

    /** Returns the number of parameters. */
    default long parameterCount(InputShape in, int outputs) {
        return layers(in, outputs).stream().mapToLong(Layer::count).sum();
    }

    /** Returns the layout of parameters and slots. */
    default StateLayout layout(InputShape in, int outputs, int slots) {
        int count = Math.toIntExact(parameterCount(in, outputs));
        return new StateLayout(count, rowWidth(in, outputs), slots, isTable());
    }

    /** Returns the parameters before the first sample, a pure function of the seed. */
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
