package io.freshet.learning.predict;

import io.freshet.learning.model.Coordinate;
import io.freshet.learning.model.Layer;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Human-readable names of a model's parameters: the feature that a parameter multiplies, or its place in a layer.
 *
 * <pre>
 *   distance            a numeric feature            pixel[12]          an element of a vector
 *   missing(distance)   whether it is missing
 *   origin#123          a row of hashed values       #123               the same, if several fields share the rows
 *   origin=DEN          the same, once its name is known                origin=DEN | origin=ORD   two names, one row
 *   distance[2]         for output 2                 distance.factors[0]
 *   layer1.weights[distance,5]                       layer2.weights[3,5]
 * </pre>
 */
public final class ParameterNames {
    private final ModelSpec spec;
    private final List<Layer> layers;
    private final List<String> numbers;
    private final String hashed;
    /** Index of the layer whose rows are the model's inputs. */
    private final int inputLayer;

    private final SeenNames seen;

    public ParameterNames(ModelSpec spec) {
        this(spec, SeenNames.none());
    }

    private ParameterNames(ModelSpec spec, SeenNames seen) {
        this.spec = spec;
        this.seen = seen;
        layers = spec.model().layers(spec.inputShape(), spec.outputs());
        FeatureSpec features = spec.features();
        numbers = features.numberNames();
        List<String> fields = new ArrayList<>(features.categorical());
        fields.addAll(features.tokens());
        features.cross().forEach(cross -> fields.add(String.join("*", cross)));
        fields.addAll(features.sparse());
        features.times().stream()
                .filter(time -> !time.cyclic())
                .forEach(time -> time.parts().forEach(part -> fields.add(time.feature(part))));
        hashed = fields.size() == 1 ? fields.get(0) : "";
        inputLayer = !spec.model().isTable() && features.buckets() > 0 ? 1 : 0;
    }

    /** Returns the same with names of hashed features. */
    public ParameterNames with(SeenNames found) {
        return new ParameterNames(spec, found);
    }

    public List<Layer> layers() {
        return layers;
    }

    /** Returns the index of the layer of a parameter. */
    public int layer(int index) {
        return spec.model().coordinate(layers, index).layer();
    }

    /** Returns the number that a parameter multiplies, by its index among the model's numbers; -1 if it does not. */
    public int number(int index) {
        int input = input(spec.model().coordinate(layers, index));
        return input < numbers.size() ? input : -1;
    }

    /** Returns the bucket of hashed features that a parameter belongs to, or -1. */
    public int bucket(int index) {
        int input = input(spec.model().coordinate(layers, index));
        return input < numbers.size() ? -1 : input - numbers.size();
    }

    /**
     * Returns a number that is the same for all parameters of a feature, or of a layer that has none. Such parameters follow one
     * another.
     */
    public int group(int index) {
        Coordinate at = spec.model().coordinate(layers, index);
        int input = input(at);
        return input >= 0 || spec.model().isTable() ? input : -1 - at.layer();
    }

    /** Returns the name of the feature that a parameter belongs to, or of its layer. */
    public String groupName(int index) {
        Coordinate at = spec.model().coordinate(layers, index);
        return spec.model().isTable() || input(at) >= 0
                ? row(index)
                : layers.get(at.layer()).name();
    }

    /** Returns the names seen for a parameter's row; empty if there are none. */
    public List<SeenNames.Seen> seen(int index) {
        return seen.of(bucket(index));
    }

    /** Returns the name of a parameter. */
    public String name(int index) {
        Coordinate at = spec.model().coordinate(layers, index);
        Layer layer = layers.get(at.layer());
        String column = layer.columns() == 1 ? "" : "[" + at.column() + "]";
        if (layer.isBias()) {
            return layer.name() + column;
        }
        if (!spec.model().isTable()) {
            return layer.name() + "[" + row(at) + "," + at.column() + "]";
        }
        return layer.name().equals("weights")
                ? row(at) + column
                : row(at) + "." + layer.name() + "[" + at.column() + "]";
    }

    /** Returns the name of a parameter without its output. */
    public String row(int index) {
        Coordinate at = spec.model().coordinate(layers, index);
        return layers.get(at.layer()).isBias() ? layers.get(at.layer()).name() : row(at);
    }

    private String row(Coordinate at) {
        int input = input(at);
        if (input >= numbers.size()) {
            String name = seen.text(input - numbers.size());
            return name.isEmpty() ? hashed + "#" + (input - numbers.size()) : name;
        }
        if (input >= 0) {
            return numbers.get(input);
        }
        return spec.model().isTable() ? "bias" : Integer.toString(at.row());
    }

    /** Returns the input whose parameters are in a row: its index among the numbers, then the buckets; -1 for none. */
    private int input(Coordinate at) {
        Layer layer = layers.get(at.layer());
        if (layer.isBias()) {
            return -1;
        }
        if (spec.model().isTable()) {
            // The row of the bias, if any, is the first.
            return at.row() - (layer.rows() - numbers.size() - spec.features().buckets());
        }
        if (at.layer() < inputLayer) {
            return numbers.size() + at.row();
        }
        return at.layer() == inputLayer && at.row() < numbers.size() ? at.row() : -1;
    }
}
