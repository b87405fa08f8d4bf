package io.freshet.benchmarks;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.SparseVector;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import java.util.TreeMap;

/** The samples of {@link DecodeBenchmark}: their fields, and a model that uses all of them. */
enum SampleKind {
    /** Four numbers and two airports of 350; three numeric features, two categories, and a cross. */
    FLIGHT("""
            name: delays
            label: delayed
            features:
              numeric: [minute_of_day, day_of_week, distance_miles]
              categorical: [origin, destination]
              cross: [[origin, destination]]
              hashBits: 18
            loss: binary-cross-entropy
            """) {
        @Override
        Fields draw(SplittableRandom random) {
            Map<String, Double> numbers = new LinkedHashMap<>();
            numbers.put("minute_of_day", (double) random.nextInt(1440));
            numbers.put("day_of_week", (double) random.nextInt(1, 8));
            numbers.put("distance_miles", (double) random.nextInt(66, 4984));
            numbers.put("delayed", (double) random.nextInt(2));
            Map<String, String> texts = new LinkedHashMap<>();
            texts.put("origin", airport(random));
            texts.put("destination", airport(random));
            return new Fields(numbers, texts, Map.of(), Map.of());
        }
    },

    /** A sparse vector of up to 32 of 2^18 indices, low ones more often. */
    SPARSE("{name: clicks, label: label, features: {sparse: [features], hashBits: 18}, loss: binary-cross-entropy}") {
        @Override
        Fields draw(SplittableRandom random) {
            return new Fields(
                    Map.of("label", (double) random.nextInt(2)),
                    Map.of(),
                    Map.of(),
                    Map.of("features", sparseVector(random)));
        }
    },

    /** The same sparse vector as a text of pairs. */
    PAIRS("{name: clicks, label: label, features: {sparse: [features], hashBits: 18}, loss: binary-cross-entropy}") {
        @Override
        Fields draw(SplittableRandom random) {
            SparseVector vector = sparseVector(random);
            StringJoiner pairs = new StringJoiner(" ");
            for (int i = 0; i < vector.indices().length; i++) {
                pairs.add(vector.indices()[i] + ":" + vector.values()[i]);
            }
            return new Fields(
                    Map.of("label", (double) random.nextInt(2)),
                    Map.of("features", pairs.toString()),
                    Map.of(),
                    Map.of());
        }
    },

    /** An image of 28 x 28 bytes as a vector. */
    IMAGE("""
            name: images
            label: class
            features:
              dense: {field: pixels, length: 784, divide: 255}
            model: {type: mlp, hidden: [512, 128]}
            outputs: 10
            loss: sparse-categorical-cross-entropy
            """) {
        @Override
        Fields draw(SplittableRandom random) {
            float[] pixels = new float[784];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = random.nextInt(256);
            }
            return new Fields(
                    Map.of("class", (double) random.nextInt(10)), Map.of(), Map.of("pixels", pixels), Map.of());
        }
    };

    private static final int FEATURES = 32;

    private final ModelSpec spec;

    SampleKind(String yaml) {
        spec = ModelSpec.parse(yaml);
    }

    /** The named fields of one sample. */
    record Fields(
            Map<String, Double> numbers,
            Map<String, String> texts,
            Map<String, float[]> vectors,
            Map<String, SparseVector> sparse) {}

    /** Draws a sample. */
    abstract Fields draw(SplittableRandom random);

    ModelSpec spec() {
        return spec;
    }

    static SampleKind of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static String airport(SplittableRandom random) {
        int number = random.nextInt(350);
        return "" + (char) ('A' + number / 25) + (char) ('A' + number % 25) + (char) ('A' + number % 23);
    }

    private static SparseVector sparseVector(SplittableRandom random) {
        Map<Integer, Float> entries = new TreeMap<>();
        for (int i = 0; i < FEATURES; i++) {
            double x = random.nextDouble();
            entries.put((int) (x * x * (1 << 18)), Math.round(random.nextDouble() * 1000) / 1000f);
        }
        int[] indices = new int[entries.size()];
        float[] values = new float[entries.size()];
        int count = 0;
        for (Map.Entry<Integer, Float> entry : entries.entrySet()) {
            indices[count] = entry.getKey();
            values[count++] = entry.getValue();
        }
        return new SparseVector(indices, values);
    }
}
