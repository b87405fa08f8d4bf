package io.freshet.benchmarks.workload;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * 784 dense numbers, as many as the pixels of a small image, from 1 to 255. The label is the sign of the numbers' sum with hidden
 * standard normal weights.
 */
final class DenseGenerator implements Workload.Generator {
    private static final int LENGTH = 784;
    private static final int LEVELS = 255;

    private final int pixels;
    private final int label;
    private final SplittableRandom random = new SplittableRandom(1);
    private final float[] weights = new float[LENGTH];
    private final int[] levels = new int[LENGTH];
    private final String[] texts = new String[LEVELS + 1];
    private boolean positive;

    DenseGenerator(RowLayout layout) {
        pixels = layout.vector("pixels");
        label = layout.number("label");
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
