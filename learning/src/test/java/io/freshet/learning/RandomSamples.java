package io.freshet.learning;

import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.CategoricalCrossEntropy;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.Poisson;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Draws valid samples of a model from a seed: numbers, hashed rows, labels and weights, from four partitions. */
public final class RandomSamples {
    private RandomSamples() {}

    public static List<Sample> of(ModelSpec spec, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            samples.add(draw(spec, random, i));
        }
        return samples;
    }

    private static Sample draw(ModelSpec spec, SplittableRandom random, int i) {
        double[] numeric = new double[spec.features().numeric().size()];
        for (int j = 0; j < numeric.length; j++) {
            numeric[j] = 100 * j + random.nextDouble(-3, 5);
        }
        int first = 1 + numeric.length;
        int buckets = spec.features().buckets();
        int[] rows = random.ints(buckets == 0 ? 0 : random.nextInt(6), first, first + Math.max(1, buckets))
                .sorted()
                .distinct()
                .toArray();
        float[] values = new float[rows.length];
        for (int j = 0; j < values.length; j++) {
            values[j] = random.nextBoolean() ? 1 : (float) random.nextDouble(-2, 2);
        }
        float weight = random.nextInt(10) == 0 ? 0 : random.nextBoolean() ? 1 : (float) random.nextDouble(0.1, 3);
        float[] label = label(spec.loss(), spec.outputs(), random);
        return new Sample(
                new Sample.Features(numeric, new float[0], rows, new int[0], values),
                label,
                weight,
                false,
                new Sample.Position(i % 4, i / 4, 1000L + i, 0));
    }

    /** Returns the count of samples that are learned: those whose weight is not 0. */
    public static int learnable(List<Sample> samples) {
        return (int) samples.stream().filter(sample -> sample.weight() > 0).count();
    }

    /** Returns a valid label of a loss. */
    public static float[] label(Loss loss, int outputs, SplittableRandom random) {
        float[] label = new float[loss.labelLength(outputs)];
        for (int i = 0; i < label.length; i++) {
            label[i] = switch (loss.task()) {
                case REGRESSION, NUMBER -> (float) random.nextDouble(-10, 10);
                case BINARY, MASK -> random.nextInt(4) == 0 ? (float) random.nextDouble() : random.nextInt(2);
                case MARGIN -> random.nextInt(2);
                case MULTICLASS, SEQUENCE -> random.nextInt(outputs);
                case BOX -> (float) random.nextDouble(0, 0.5) + (i < 2 ? 0 : 0.5f);
            };
        }
        if (loss instanceof Poisson) {
            for (int i = 0; i < label.length; i++) {
                label[i] = Math.abs(label[i]);
            }
        }
        return loss instanceof CategoricalCrossEntropy ? distribution(label) : label;
    }

    /** Divides numbers by their sum. */
    private static float[] distribution(float[] numbers) {
        double sum = 0;
        for (float number : numbers) {
            sum += 1 + number;
        }
        float[] shares = new float[numbers.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = (float) ((1 + numbers[i]) / sum);
        }
        return shares;
    }
}
