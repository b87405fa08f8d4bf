package io.freshet.learning.evaluation;

import io.freshet.learning.loss.Task;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Sums over predictions of masks or boxes. */
final class OverlapTally extends Tally {
    private double overlap;

    OverlapTally(Task task, double[] none) {
        super(task, none);
    }

    @Override
    void addSample(double loss, double weight, PredictedSamples samples, int at, int labelAt, int labelLength) {
        float[] labels = samples.labels();
        float[] predictions = samples.predictions();
        if (task() == Task.BOX) {
            overlap += weight * Overlap.ofBoxes(predictions, at, labels, labelAt);
            return;
        }
        int outputs = samples.outputs();
        int right = 0;
        for (int k = 0; k < outputs; k++) {
            right += predictions[at + k] >= 0.5f == labels[labelAt + k] >= 0.5f ? 1 : 0;
        }
        correct += weight * right / outputs;
        overlap += weight * Overlap.ofMasks(predictions, at, labels, labelAt, outputs);
    }

    @Override
    void metrics(BiConsumer<Metric, @Nullable Double> values) {
        if (task() == Task.MASK) {
            values.accept(Metric.ACCURACY, mean(correct));
        }
        values.accept(Metric.IOU, mean(overlap));
    }

    @Override
    void write(double[] sums) {
        super.write(sums);
        sums[OVERLAP] = overlap;
    }

    @Override
    void read(double[] sums) {
        super.read(sums);
        overlap = sums[OVERLAP];
    }
}
