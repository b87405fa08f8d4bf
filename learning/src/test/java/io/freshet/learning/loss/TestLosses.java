package io.freshet.learning.loss;

import io.freshet.learning.TestSpecs;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Losses with hyperparameters for tests, parsed from YAML as a user would write it, and valid labels for them. */
final class TestLosses {
    private TestLosses() {}

    /** Returns every loss of the table with its defaults, and those with hyperparameters also with other values. */
    static List<Loss> allWithVariants() {
        List<Loss> losses = new ArrayList<>(TestSpecs.losses());
        losses.add(read("{type: huber, delta: 2.5}"));
        losses.add(read("{type: quantile, tau: 0.875}"));
        losses.add(read("{type: dice, smooth: 0.25}"));
        losses.add(read("{type: iou, smooth: 3}"));
        return losses;
    }

    /** @param loss value of {@code loss} in YAML */
    static Loss read(String loss) {
        return spec(loss).loss();
    }

    /** Returns a specification with four outputs, which every loss supports. */
    static ModelSpec spec(String loss) {
        return ModelSpec.parse("""
                name: test
                label: y
                features: {numeric: [a]}
                outputs: 4
                loss: %s
                """.formatted(loss));
    }

    static int outputs(Loss loss, SplittableRandom random) {
        return random.nextInt(loss.minimumOutputs(), Math.min(loss.maximumOutputs(), 12) + 1);
    }

    /** Returns a label whose numbers are multiples of 1/16, unless they are classes or shares. */
    static float[] label(Loss loss, int outputs, SplittableRandom random) {
        float[] label = new float[loss.labelLength(outputs)];
        for (int k = 0; k < label.length; k++) {
            label[k] = switch (loss.task()) {
                case REGRESSION, NUMBER -> random.nextInt(loss instanceof Poisson ? 0 : -160, 160) / 16f;
                case BINARY, MASK -> random.nextInt(4) == 0 ? (float) random.nextDouble() : random.nextInt(2);
                case MARGIN -> random.nextInt(2);
                case MULTICLASS, SEQUENCE -> random.nextInt(outputs);
                case BOX -> k < 2 ? random.nextInt(-64, 64) / 16f : label[k - 2] + random.nextInt(16, 64) / 16f;
            };
        }
        if (loss instanceof CategoricalCrossEntropy) {
            return random.nextInt(3) == 0 ? oneHot((int) label[0], outputs) : distribution(outputs, random);
        }
        return label;
    }

    /** Returns a label as stored in a batch: for a sequence, one of any length, padded with NaN. */
    static float[] padded(Loss loss, int outputs, SplittableRandom random) {
        float[] label = label(loss, outputs, random);
        if (loss.task() == Task.SEQUENCE) {
            for (int t = random.nextInt(1, label.length + 1); t < label.length; t++) {
                label[t] = Float.NaN;
            }
        }
        return label;
    }

    static float[] oneHot(int target, int outputs) {
        float[] label = new float[outputs];
        label[target] = 1;
        return label;
    }

    private static float[] distribution(int outputs, SplittableRandom random) {
        float[] label = new float[outputs];
        double left = 1;
        for (int k = 0; k < outputs - 1; k++) {
            label[k] = (float) (left * random.nextDouble());
            left -= label[k];
        }
        label[outputs - 1] = (float) Math.max(0, left);
        return label;
    }
}
