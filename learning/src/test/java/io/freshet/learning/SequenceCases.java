package io.freshet.learning;

import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Models for sequences, parsed from YAML, and samples for them. */
public final class SequenceCases {
    /** Numbers, words, or both at each step. */
    public static final List<String> FEATURES = List.of(
            "dense: [{field: v, length: 3}]",
            "tokens: [t], hashBits: 3",
            "dense: [{field: v, length: 2}, {field: u, length: 1}], tokens: [t], hashBits: 3");

    public static final List<String> CELLS = List.of("cell: gru", "cell: gru, truncate: 2", "cell: dense");

    private SequenceCases() {}

    /**
     * Returns a model of three classes and up to five steps.
     *
     * @param cell YAML of the cell and other hyperparameters of the model
     * @param more further lines of YAML
     */
    public static ModelSpec spec(String features, String cell, String... more) {
        return ModelSpec.parse(yaml(features, cell, more));
    }

    public static String yaml(String features, String cell, String... more) {
        return """
                name: test
                label: y
                weight: w
                features: {%s}
                model: {type: sequence, steps: 5, %s}
                outputs: 3
                loss: sequence-cross-entropy
                """.formatted(features, cell) + String.join("\n", more);
    }

    /** Draws sequences of any valid length, from four partitions. */
    public static List<Sample> samples(ModelSpec spec, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return IntStream.range(0, count).mapToObj(i -> sample(spec, random, i)).toList();
    }

    private static Sample sample(ModelSpec spec, SplittableRandom random, int i) {
        int steps = random.nextInt(1, spec.model().steps() + 1);
        int numbers = spec.inputShape().numbers();
        int buckets = spec.inputShape().buckets();
        int[] words = random.ints(buckets == 0 ? 0 : steps, 1 + numbers, 1 + numbers + Math.max(1, buckets))
                .toArray();
        float[] ones = new float[words.length];
        Arrays.fill(ones, 1);
        float[] classes = new float[steps];
        for (int t = 0; t < steps; t++) {
            classes[t] = random.nextInt(spec.outputs());
        }
        return new Sample(
                new Sample.Features(new double[0], floats(random, steps * numbers), words, new int[0], ones),
                classes,
                random.nextInt(8) == 0 ? 0 : (float) random.nextDouble(0.2, 3),
                false,
                new Sample.Position(i % 4, i / 4, 1000L + i, 0));
    }

    private static float[] floats(SplittableRandom random, int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) random.nextDouble(-2, 2);
        }
        return floats;
    }
}
