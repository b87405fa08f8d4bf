package io.freshet.learning.evaluation;

import io.freshet.learning.loss.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** Random samples of any task with their predictions, and weighted means over them. */
final class ScoredSamples {
    static final long SEED = 20260403;

    private ScoredSamples() {}

    /** A single sample, whose arrays start at 0. */
    record Scored(double loss, double weight, float[] label, float[] logits, float[] prediction) {}

    static Tally tally(Task task, int outputs, List<Scored> samples) {
        Tally tally = Tally.of(task, outputs);
        for (Scored s : samples) {
            tally.add(
                    s.loss,
                    s.weight,
                    new PredictedSamples(outputs, s.label, s.logits, s.prediction),
                    0,
                    0,
                    s.label.length);
        }
        return tally;
    }

    /** Draws samples whose logits are at the centers of bins. */
    static List<Scored> draw(Task task, int outputs, int labelLength, int more) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Scored> samples = new ArrayList<>();
        for (int i = 0; i < 800 + more; i++) {
            int length = task == Task.SEQUENCE ? random.nextInt(1, labelLength + 1) : labelLength;
            int count = task == Task.SEQUENCE ? labelLength * outputs : outputs;
            float[] label = new float[length];
            double sum = 0;
            for (int k = 0; k < length; k++) {
                label[k] = label(task, outputs, k, random);
                sum += label[k];
            }
            for (int k = 0; task == Task.MULTICLASS && k < length; k++) {
                label[k] /= (float) sum;
            }
            float[] logits = new float[count];
            float[] prediction = new float[count];
            for (int k = 0; k < count; k++) {
                logits[k] = -12 + (random.nextInt(256) + 0.5f) * 24 / 256;
                prediction[k] = task.isNumber() ? 100 * k + logits[k] : prediction(task, k, logits[k]);
            }
            double weight = random.nextInt(5) == 0 ? 0 : random.nextDouble(0.1, 3);
            samples.add(new Scored(
                    random.nextDouble(), task == Task.SEQUENCE ? weight * length : weight, label, logits, prediction));
        }
        return samples;
    }

    private static float label(Task task, int outputs, int k, SplittableRandom random) {
        return switch (task) {
            case REGRESSION, NUMBER -> (float) random.nextDouble(-10, 10) + 100 * k;
            case BINARY, MASK -> random.nextInt(4) == 0 ? (float) random.nextDouble() : random.nextInt(3) / 2;
            // Outputs alternate between mostly 1 and mostly 0.
            case MARGIN -> (random.nextInt(4) == 0) == (k % 2 == 0) ? 1 : 0;
            case MULTICLASS -> (float) random.nextDouble() + k;
            case SEQUENCE -> random.nextInt(outputs);
            case BOX -> (k < 2 ? -6 : 6) + (float) random.nextDouble(-5, 5);
        };
    }

    private static float prediction(Task task, int k, float logit) {
        return task == Task.BOX ? (k < 2 ? -8 : 8) + logit : (float) (1 / (1 + Math.exp(-logit)));
    }

    static double mean(List<Scored> samples, ToDoubleFunction<Scored> metric) {
        double sum = 0;
        double weight = 0;
        for (Scored sample : samples) {
            sum += sample.weight * metric.applyAsDouble(sample);
            weight += sample.weight;
        }
        return sum / weight;
    }

    interface OfOutput {
        double at(int k);
    }

    /** Returns the mean over outputs. */
    static double over(int outputs, OfOutput metric) {
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            sum += metric.at(k);
        }
        return sum / outputs;
    }

    /** Returns whether a binary output is predicted correctly, as 1 or 0. */
    static int sameSide(Scored sample, int k) {
        return sample.logits[k] >= 0 == sample.label[k] >= 0.5f ? 1 : 0;
    }
}
