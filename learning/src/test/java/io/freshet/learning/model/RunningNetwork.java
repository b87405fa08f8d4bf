package io.freshet.learning.model;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.loss.OutputArrays;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;

/** A network with parameters and packed samples, as a learner has them during an update. */
final class RunningNetwork {
    final ModelSpec spec;
    final Network network;
    final Gradient gradient;
    final float[] state;
    final Batch batch;

    RunningNetwork(ModelSpec spec, List<Sample> samples) {
        this.spec = spec;
        InputShape in = spec.inputShape();
        StateLayout layout = spec.model().layout(in, spec.outputs(), 0);
        network = spec.model().network(in, spec.outputs(), layout, spec.seed(), ThreadTeam.ALONE);
        gradient = network.gradient();
        state = spec.model().initialParameters(in, spec.outputs(), spec.seed());
        batch = new Batch(spec.model().batchShape(in, spec.labelLength()));
        Standardizer standardizer = spec.features().standardizer();
        double[] moments = standardizer.start();
        for (Sample sample : samples) {
            standardizer.keep(moments, sample);
        }
        for (Sample sample : samples) {
            batch.add(sample, standardizer, moments);
        }
    }

    float[] logits(int from, int to, long update) {
        float[] logits = new float[(to - from) * spec.logitCount()];
        network.forward(state, batch, from, to, update, logits);
        return logits;
    }

    /** Returns dLoss/dlogit of samples [from, to), multiplied by their weights. */
    float[] delta(float[] logits, int from, int to) {
        int k = spec.logitCount();
        float[] delta = new float[logits.length];
        for (int i = from; i < to; i++) {
            spec.loss()
                    .evaluate(
                            new OutputArrays(logits, new float[logits.length], delta),
                            (i - from) * k,
                            spec.outputs(),
                            batch.labels(),
                            i * spec.labelLength());
            for (int j = (i - from) * k; j < (i - from + 1) * k; j++) {
                delta[j] *= batch.weight(i);
            }
        }
        return delta;
    }

    /** Adds the gradient of samples [from, to) for the update of the given number; returns the bound. */
    float add(int from, int to, long update) {
        float[] logits = logits(from, to, update);
        return network.backward(state, batch, from, to, delta(logits, from, to), gradient);
    }

    /** Returns the gradient of every parameter, by its index. */
    float[] gradient() {
        float[] all = new float[state.length];
        int width = gradient.width();
        for (int i = 0; i < gradient.count(); i++) {
            System.arraycopy(gradient.values(), i * width, all, gradient.rows()[i] * width, width);
        }
        float[] dense = gradient.dense();
        System.arraycopy(dense, 0, all, gradient.denseFrom(), dense.length);
        return all;
    }
}
