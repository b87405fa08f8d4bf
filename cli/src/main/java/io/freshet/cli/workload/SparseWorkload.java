package io.freshet.cli.workload;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.SplittableRandom;

/**
 * 32 of a million sparse features, as binary numbers.
 *
 * <pre>
 *   index = floor(u^2 * 10^6)                    u uniform in [0, 1): low indices are frequent, as in a stream of words
 *   value = k / 1000                             k uniform from 1 to 999
 *   label = [sum of value * weight[index] + noise > 0]    weights and noise standard normal
 * </pre>
 */
public record SparseWorkload() implements Workload {
    private static final int DIMENSION = 1_000_000;
    private static final int FEATURES = 32;
    private static final String SPEC = """
            name: bench-sparse
            label: label
            features: {sparse: [features]}
            loss: binary-cross-entropy
            publish: {everySamples: 100000, everyMillis: 5000}
            """;

    @Override
    public String name() {
        return "sparse";
    }

    @Override
    public String description() {
        return "32 of 10^6 sparse features; linear, 2^18 rows of parameters, the defaults of both";
    }

    @Override
    public ModelSpec spec() {
        return ModelSpec.parse(SPEC);
    }

    @Override
    public int samples() {
        return 2_000_000;
    }

    @Override
    public List<String> vowpalWabbitOptions() {
        return List.of("-b", "18", "--loss_function", "logistic");
    }

    /** None: it already learns with them. */
    @Override
    public List<String> vowpalWabbitDefaults() {
        return List.of();
    }

    @Override
    public String lossDifference() {
        return "Same algorithm and rows. Vowpal Wabbit approximates square roots, and its constant shares a row.";
    }

    @Override
    public Generator generator(RowLayout layout) {
        return new SparseGenerator(layout.text("features"), layout.number("label"));
    }

    private static final class SparseGenerator implements Generator {
        private final int features;
        private final int label;
        private final SplittableRandom random = new SplittableRandom(1);
        private final float[] weights = new float[DIMENSION];
        private final int[] indices = new int[FEATURES];
        private final int[] thousandths = new int[FEATURES];
        private boolean positive;

        SparseGenerator(int features, int label) {
            this.features = features;
            this.label = label;
            for (int i = 0; i < DIMENSION; i++) {
                weights[i] = (float) random.nextGaussian();
            }
        }

        @Override
        public void next(Row row) {
            row.clear();
            row.sparse(features, FEATURES);
            double score = random.nextGaussian();
            for (int i = 0; i < FEATURES; i++) {
                double u = random.nextDouble();
                indices[i] = (int) (u * u * DIMENSION);
                thousandths[i] = random.nextInt(1, 1000);
                float value = thousandths[i] / 1000f;
                row.sparseIndices(features)[i] = indices[i];
                row.sparseValues(features)[i] = value;
                score += value * weights[indices[i]];
            }
            positive = score > 0;
            row.number(label, positive ? 1 : 0);
        }

        @Override
        public void appendVowpalWabbit(StringBuilder line) {
            line.append(positive ? "1 |" : "-1 |");
            for (int i = 0; i < FEATURES; i++) {
                line.append(' ').append(indices[i]).append(":0.");
                int value = thousandths[i];
                line.append(value < 100 ? "0" : "")
                        .append(value < 10 ? "0" : "")
                        .append(value);
            }
        }
    }
}
