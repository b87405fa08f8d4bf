package io.freshet.benchmarks.state;

import io.freshet.job.specs.SpecRegistry;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.SampleWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A model and its samples. */
enum StateWorkload {
    /** A model of 50 parameters: a bias, 17 for numbers, and 32 hashed. */
    ONE(
            17,
            1,
            1 << 12,
            100_000,
            "{name: m, label: y, features: {numeric: [%s], categorical: [c0], hashBits: 5}, loss: binary-cross-entropy,"
                    + " optimizer: {type: rmsprop}, publish: {everySamples: %d, everyMillis: %d}}"),
    /** The same model for each key. */
    KEYED(
            17,
            1,
            1 << 12,
            1000,
            "{name: m, label: y, key: k, features: {numeric: [%s], categorical: [c0], hashBits: 5},"
                    + " loss: binary-cross-entropy, optimizer: {type: rmsprop},"
                    + " publish: {everySamples: %d, everyMillis: %d}}"),
    /** One model of 2^22 hashed parameters with one slot, 34 MB; each sample has 32 features. */
    HASHED(
            0,
            32,
            1 << 16,
            2_000_000_000,
            "{name: m, label: y, features: {categorical: [%s], hashBits: 22}, loss: binary-cross-entropy,"
                    + " optimizer: {type: adagrad}, publish: {everySamples: %d, everyMillis: %d, fullEvery: 1000000}}");

    private static final String KEY = "k0000000";
    /** Bytes after the key: the end of the texts, no vectors, epoch 0, no sparse vectors, stage 0, no previous label. */
    private static final int BYTES_AFTER_KEY = 6;

    private static final int CATEGORIES = 1_000_000;

    private final int numbers;
    private final int categories;
    private final int distinct;
    private final int publishSamples;
    private final String yaml;

    StateWorkload(int numbers, int categories, int distinct, int publishSamples, String yaml) {
        this.numbers = numbers;
        this.categories = categories;
        this.distinct = distinct;
        this.publishSamples = publishSamples;
        this.yaml = yaml;
    }

    private ModelSpec spec(Publishing publishing) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < (numbers > 0 ? numbers : categories); i++) {
            names.append(i == 0 ? "" : ", ").append(numbers > 0 ? "n" : "c").append(i);
        }
        int samples = publishing.samples() == 0 ? publishSamples : publishing.samples();
        return ModelSpec.parse(yaml.formatted(names, samples, publishing.millis()));
    }

    /**
     * When the models are published.
     *
     * @param samples between snapshots; 0 for the workload's default
     * @param millis from the first unpublished sample to the snapshot
     */
    record Publishing(int samples, int millis) {}

    SpecRegistry registry(Publishing publishing) {
        return new SpecRegistry(List.of(spec(publishing)));
    }

    /**
     * Returns distinct samples, which the source repeats with other keys: {@link #writeKey} overwrites {@value #KEY}.
     */
    byte[][] samples() {
        SplittableRandom random = new SplittableRandom(7);
        SampleWriter writer = new SampleWriter();
        byte[][] samples = new byte[distinct][];
        for (int i = 0; i < distinct; i++) {
            Map<String, Double> values = new LinkedHashMap<>();
            for (int n = 0; n < numbers; n++) {
                values.put("n" + n, random.nextDouble(-3, 3));
            }
            values.put("y", (double) random.nextInt(2));
            Map<String, String> texts = new LinkedHashMap<>();
            for (int c = 0; c < categories; c++) {
                texts.put("c" + c, "v" + random.nextInt(CATEGORIES));
            }
            texts.put("k", KEY);
            samples[i] = writer.write("", "", 1_000_000, values, texts);
            String tail = new String(samples[i], StandardCharsets.ISO_8859_1);
            if (!tail.startsWith(KEY, tail.length() - BYTES_AFTER_KEY - KEY.length())) {
                throw new IllegalStateException("the key is not at the end of the texts");
            }
        }
        return samples;
    }

    /** Overwrites the key, which is the last text of a sample. */
    static void writeKey(byte[] sample, int key) {
        int left = key;
        for (int i = sample.length - BYTES_AFTER_KEY - 1; i > sample.length - BYTES_AFTER_KEY - KEY.length(); i--) {
            sample[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
    }
}
