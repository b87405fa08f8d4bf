package io.freshet.cli.lineage;

import io.freshet.learning.model.Coordinate;
import io.freshet.learning.parameters.Layer;
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
 *   distance[2]         for output 2                 distance.factors[0]
 *   layer1.weights[distance,5]                       layer2.weights[3,5]
 * </pre>
 */
final class ParameterNames {
    private final ModelSpec spec;
    private final List<Layer> layers;
    private final List<String> numbers;
    private final String hashed;
    /** Index of the layer whose rows are the model's inputs. */
    private final int inputLayer;

    ParameterNames(ModelSpec spec) {
        this.spec = spec;
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

    List<Layer> layers() {
        return layers;
    }

    /** Returns the index of the layer of a parameter. */
    int layer(int index) {
        return spec.model().coordinate(layers, index).layer();
    }

    /** Returns the name of a parameter. */
    String name(int index) {
        Coordinate at = spec.model().coordinate(layers, index);
        Layer layer = layers.get(at.layer());
        if (layer.isBias()) {
            return layer.name() + column(layer.columns(), at.column());
        }
        if (spec.model().isTable()) {
            // The row of the bias, if any, is the first.
            int feature = at.row() - (layer.rows() - features());
            String name = feature < 0 ? "bias" : feature(feature);
            return layer.name().equals("weights")
                    ? name + column(layer.columns(), at.column())
                    : name + "." + layer.name() + "[" + at.column() + "]";
        }
        return layer.name() + "[" + row(at) + "," + at.column() + "]";
    }

    private int features() {
        return numbers.size() + spec.features().buckets();
    }

    private String row(Coordinate at) {
        if (at.layer() < inputLayer) {
            return hashed + "#" + at.row();
        }
        return at.layer() == inputLayer && at.row() < numbers.size()
                ? numbers.get(at.row())
                : Integer.toString(at.row());
    }

    private String feature(int i) {
        return i < numbers.size() ? numbers.get(i) : hashed + "#" + (i - numbers.size());
    }

    private static String column(int columns, int column) {
        return columns == 1 ? "" : "[" + column + "]";
    }
}
