package io.freshet.learning.predict;

import io.freshet.learning.features.Sample;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.Network;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.List;

/**
 * Predicts samples with snapshots of one specification, in batches and in reused arrays: {@link Network#MAXIMUM_SAMPLES} at a
 * time, fewer if each has more than 16384 inputs, outputs, or numbers in between. Not thread-safe.
 */
final class SampleBatches {
    /** Maximum length of an array of inputs, outputs, or what is in between. */
    private static final int MAXIMUM_NUMBERS = 1 << 22;

    private final Predictor.Shape shape;
    private final Evaluator evaluator;
    private final Batch batch;
    private final int slice;
    private final NetworkState state;

    /** Receives the samples of each batch after their prediction. */
    interface Predicted {
        Predicted IGNORED = (evaluator, batch, samples) -> {};

        /** @param samples of the batch, whose logits are in {@code evaluator} */
        void accept(Evaluator evaluator, Batch batch, List<Sample> samples);
    }

    SampleBatches(Predictor.Shape shape) {
        this.shape = shape;
        ModelSpec spec = shape.spec;
        Network network = spec.model().network(shape.in, spec.outputs(), shape.layout, spec.seed(), ThreadTeam.ALONE);
        evaluator = new Evaluator(spec, network, ThreadTeam.ALONE);
        batch = new Batch(shape.batch);
        state = new NetworkState(shape.layout.width());
        long inputs = (long) shape.batch.matrix() * shape.batch.steps();
        long width = Math.max(Math.max(spec.logitCount(), inputs), network.numbersPerSample());
        slice = (int) Math.max(1, Math.min(Network.MAXIMUM_SAMPLES, MAXIMUM_NUMBERS / width));
    }

    /** Returns the prediction of each sample, in order. */
    float[][] predict(Snapshot snapshot, List<Sample> samples, Predicted predicted) {
        float[][] predictions = new float[samples.size()][];
        int logits = shape.spec.logitCount();
        for (int first = 0; first < predictions.length; first += batch.size()) {
            List<Sample> next = samples.subList(first, Math.min(predictions.length, first + slice));
            batch.clear();
            for (Sample sample : next) {
                batch.add(sample, shape.standardizer, snapshot.moments());
            }
            float[] parameters = state.read(snapshot.values(), batch);
            evaluator.predict(parameters, snapshot.labelRange(), batch, 0, batch.size());
            for (int i = 0; i < batch.size(); i++) {
                int length = shape.spec.model().steps() > 0 ? batch.steps(i) * shape.spec.outputs() : logits;
                predictions[first + i] = Arrays.copyOfRange(evaluator.predictions(), i * logits, i * logits + length);
            }
            predicted.accept(evaluator, batch, next);
        }
        return predictions;
    }
}
