package io.freshet.cli.workload;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * 784 dense numbers, as many as the pixels of a small image, from 1 to 255.
 *
 * <p>The model is linear: a network would measure matrix products rather than the path of the samples. The label is the sign
 * of the numbers' sum with hidden standard normal weights.
 */
public record DenseWorkload() implements Workload {
    private static final int LENGTH = 784;
    private static final int LEVELS = 255;
    private static final String SPEC = """
            name: bench-dense
            label: label
            features: {dense: {field: pixels, length: 784, divide: 255}}
            loss: binary-cross-entropy
            optimizer: {type: adagrad, learningRate: 0.01}
            """;

    @Override
    public String name() {
        return "dense";
    }

    @Override
    public String description() {
        return "784 dense numbers; linear, AdaGrad";
    }

    @Override
    public ModelSpec spec() {
        return ModelSpec.parse(SPEC);
    }

    @Override
    public int samples() {
        return 200_000;
    }

    @Override
    public List<String> vowpalWabbitOptions() {
        return List.of("-b", "10", "--loss_function", "logistic", "--adaptive", "-l", "0.01");
    }

    @Override
    public List<String> vowpalWabbitDefaults() {
        return List.of("-b", "10", "--loss_function", "logistic");
    }

    @Override
    public String lossDifference() {
        return "Same optimizer and rate. Vowpal Wabbit approximates square roots, and its constant shares a feature's row.";
    }

    @Override
    public Generator generator(RowLayout layout) {
        return new DenseGenerator(layout.vector("pixels"), layout.number("label"));
    }

    private static final class DenseGenerator implements Generator {
        private final int pixels;
        private final int label;
        private final SplittableRandom random = new SplittableRandom(1);
        private final float[] weights = new float[LENGTH];
        private final int[] levels = new int[LENGTH];
        private final String[] texts = new String[LEVELS + 1];
        private boolean positive;

        DenseGenerator(int pixels, int label) {
            this.pixels = pixels;
            this.label = label;
            for (int i = 0; i < LENGTH; i++) {
                weights[i] = (float) random.nextGaussian();
            }
            for (int level = 0; level <= LEVELS; level++) {
                texts[level] = String.format(Locale.ROOT, ":%.4f", level / (double) LEVELS);
            }
        }

        @Override
        public void next(Row row) {
            row.clear();
            float[] values = row.vector(pixels, LENGTH);
            double score = 0;
            for (int i = 0; i < LENGTH; i++) {
                levels[i] = random.nextInt(1, LEVELS + 1);
                values[i] = levels[i];
                score += (levels[i] - LEVELS / 2.0) * weights[i];
            }
            positive = score > 0;
            row.number(label, positive ? 1 : 0);
        }

        @Override
        public void appendVowpalWabbit(StringBuilder line) {
            line.append(positive ? "1 |" : "-1 |");
            for (int i = 0; i < LENGTH; i++) {
                line.append(' ').append(i).append(texts[levels[i]]);
            }
        }
    }
}
