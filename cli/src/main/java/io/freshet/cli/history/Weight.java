package io.freshet.cli.history;

import io.freshet.learning.features.Standardizer;
import io.freshet.learning.model.Coordinate;
import io.freshet.learning.model.Layer;
import io.freshet.learning.model.Model;
import io.freshet.learning.predict.ParameterNames;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A weight of one feature in one output.
 *
 * @param index among the model's parameters
 * @param output from 0
 * @param value change of the output per unit of the feature as the model reads it: standardized and divided as specified
 * @param perUnit change of the output per unit of the field as it is in a record; NaN if the field has been constant, and for a
 *     weight that is not of a number
 */
record Weight(int index, int output, float value, double perUnit) {
    /** Largest magnitude last; ties are broken by index, lower last. */
    private static final Comparator<Weight> SMALLEST_FIRST = Comparator.<Weight>comparingDouble(
                    weight -> Math.abs(weight.value))
            .thenComparing(Comparator.comparingInt(Weight::index).reversed());

    /**
     * Returns the weights of a linear model, or of the linear part of a factorization machine: for each output, those of the
     * largest magnitude that are not 0, in descending order.
     *
     * @param top maximum count for each output
     */
    static List<Weight> largest(Snapshot snapshot, int top) {
        ModelSpec spec = snapshot.spec();
        Model model = spec.model();
        List<Layer> layers = model.layers(spec.inputShape(), spec.outputs());
        List<PriorityQueue<Weight>> byOutput = new ArrayList<>();
        for (int output = 0; output < spec.outputs(); output++) {
            byOutput.add(new PriorityQueue<>(SMALLEST_FIRST));
        }
        float[] parameters = snapshot.parameters();
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i] == 0) {
                continue;
            }
            Coordinate at = model.coordinate(layers, i);
            if (isWeight(layers.get(at.layer()))) {
                PriorityQueue<Weight> largest = byOutput.get(at.column());
                largest.add(new Weight(i, at.column(), parameters[i], Double.NaN));
                if (largest.size() > top) {
                    largest.remove();
                }
            }
        }
        ParameterNames names = new ParameterNames(spec);
        return byOutput.stream()
                .flatMap(weights -> weights.stream().sorted(SMALLEST_FIRST.reversed()))
                .map(weight -> weight.perUnit(snapshot, names.number(weight.index)))
                .toList();
    }

    /** Returns whether a layer has one weight for each feature and output: not the factors of pairs. */
    private static boolean isWeight(Layer layer) {
        return layer.isBias() || layer.name().equals("weights");
    }

    /** @param number index among the model's numbers, or -1 */
    private Weight perUnit(Snapshot snapshot, int number) {
        if (number < 0) {
            return this;
        }
        FeatureSpec features = snapshot.spec().features();
        Standardizer standardizer = features.standardizer();
        double unit = standardizer.deviation(snapshot.moments(), number) * divisor(features, number);
        return new Weight(index, output, value, unit == 0 ? Double.NaN : value / unit);
    }

    private static double divisor(FeatureSpec features, int number) {
        int end = features.numbers() - features.denseLength();
        for (FeatureSpec.Dense vector : features.dense()) {
            if (number >= end && number < end + vector.length()) {
                return vector.divide();
            }
            end += vector.length();
        }
        return 1;
    }
}
