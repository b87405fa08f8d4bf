package io.freshet.cli.history;

import io.freshet.learning.model.Layer;
import io.freshet.learning.predict.ParameterNames;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * How two parameter vectors of one shape differ, bit by bit.
 *
 * @param parameters length of each vector
 * @param changed count of parameters whose bits differ
 * @param largest the largest differences in descending order; ties are broken by index, lower first
 * @param layers the differences by layer
 */
record Difference(int parameters, int changed, List<Moved> largest, List<LayerDifference> layers) {
    /** One parameter. */
    record Moved(int index, String name, float before, float after) {
        double difference() {
            return (double) after - before;
        }
    }

    /**
     * One layer.
     *
     * @param normBefore Euclidean norm, as are the other two
     */
    record LayerDifference(
            String name, long parameters, long changed, double normBefore, double normAfter, double normDifference) {}

    /** Returns the same with other names. */
    Difference with(ParameterNames names) {
        List<Moved> named = largest.stream()
                .map(each -> new Moved(each.index(), names.name(each.index()), each.before(), each.after()))
                .toList();
        return new Difference(parameters, changed, named, layers);
    }

    /** @param limit count of parameters to list in {@link #largest} */
    static Difference of(ModelSpec spec, float[] before, float[] after, int limit) {
        ParameterNames names = new ParameterNames(spec);
        List<Layer> layers = names.layers();
        double[][] squares = new double[layers.size()][3];
        long[] changedIn = new long[layers.size()];
        Comparator<Integer> smallestFirst = Comparator.<Integer>comparingDouble(
                        i -> Math.abs((double) after[i] - before[i]))
                .thenComparing(Comparator.reverseOrder());
        PriorityQueue<Integer> largest = new PriorityQueue<>(smallestFirst);
        int changed = 0;
        for (int i = 0; i < before.length; i++) {
            int layer = names.layer(i);
            double difference = (double) after[i] - before[i];
            squares[layer][0] += (double) before[i] * before[i];
            squares[layer][1] += (double) after[i] * after[i];
            squares[layer][2] += difference * difference;
            if (Float.floatToRawIntBits(before[i]) != Float.floatToRawIntBits(after[i])) {
                changed++;
                changedIn[layer]++;
                largest.add(i);
                if (largest.size() > limit) {
                    largest.remove();
                }
            }
        }
        List<Moved> moved = largest.stream()
                .sorted(smallestFirst.reversed())
                .map(i -> new Moved(i, names.name(i), before[i], after[i]))
                .toList();
        List<LayerDifference> byLayer = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            byLayer.add(new LayerDifference(
                    layers.get(i).name(),
                    layers.get(i).count(),
                    changedIn[i],
                    Math.sqrt(squares[i][0]),
                    Math.sqrt(squares[i][1]),
                    Math.sqrt(squares[i][2])));
        }
        return new Difference(before.length, changed, moved, byLayer);
    }
}
