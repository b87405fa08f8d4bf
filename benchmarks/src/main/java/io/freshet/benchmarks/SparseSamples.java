package io.freshet.benchmarks;

import io.freshet.learning.features.Sample;
import java.util.Arrays;
import java.util.SplittableRandom;

/** The samples of {@link LearnBenchmark} and {@link FloorBenchmark}: 32 of 2^18 sparse features, each with value 1. */
final class SparseSamples {
    /** The count of samples, a power of two, which repeat. */
    static final int COUNT = 1 << 12;

    static final int FEATURES = 32;
    /** The rows of the parameter table: the bias, and then the features. */
    static final int TABLE = 1 + (1 << 18);

    private SparseSamples() {}

    static Sample[] draw() {
        SplittableRandom random = new SplittableRandom(3);
        float[] ones = new float[FEATURES];
        Arrays.fill(ones, 1);
        Sample[] samples = new Sample[COUNT];
        for (int i = 0; i < COUNT; i++) {
            int[] rows =
                    random.ints(1, TABLE).distinct().limit(FEATURES).sorted().toArray();
            samples[i] = Sample.of(new double[0], rows, ones, random.nextInt(2), 1, new Sample.Position(0, i, i, 0));
        }
        return samples;
    }
}
