package io.freshet.benchmarks.workload;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.util.Locale;
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
final class SparseGenerator implements Workload.Generator {
    private static final int DIMENSION = 1_000_000;
    private static final int FEATURES = 32;

    private final int features;
    private final int label;
    private final SplittableRandom random = new SplittableRandom(1);
    private final float[] weights = new float[DIMENSION];
    private final int[] indices = new int[FEATURES];
    private final int[] thousandths = new int[FEATURES];
    private final String[] texts = new String[1000];
    private boolean positive;

    SparseGenerator(RowLayout layout) {
        features = layout.text("features");
        label = layout.number("label");
        for (int i = 0; i < DIMENSION; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < texts.length; i++) {
            texts[i] = String.format(Locale.ROOT, ":0.%03d", i);
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
            line.append(' ').append(indices[i]).append(texts[thousandths[i]]);
        }
    }
}
