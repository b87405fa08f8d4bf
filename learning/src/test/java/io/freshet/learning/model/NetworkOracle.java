package io.freshet.learning.model;

import io.freshet.learning.math.Normal;
import io.freshet.learning.math.Transcendental;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.Map;

/** Computes the logits of a model with plain loops in float64, by the formula in its Javadoc. */
interface NetworkOracle {
    /** An oracle for every model for single samples; the contract tests fail if one is missing. */
    Map<String, NetworkOracle> ALL = Map.of(
            "linear", NetworkOracle::linear,
            "factorization-machine", NetworkOracle::factorizationMachine,
            "mlp", NetworkOracle::mlp,
            "embedding-mlp", NetworkOracle::embeddingMlp);

    double[] logits(ModelSpec spec, double[] theta, Batch batch, int sample);

    private static double[] linear(ModelSpec spec, double[] theta, Batch batch, int sample) {
        int k = spec.outputs();
        double[] z = new double[k];
        for (int i = batch.from(sample); i < batch.to(sample); i++) {
            for (int j = 0; j < k; j++) {
                z[j] += theta[batch.rows()[i] * k + j] * batch.values()[i];
            }
        }
        return z;
    }

    /** Pair by pair, as Rendle defines them. */
    private static double[] factorizationMachine(ModelSpec spec, double[] theta, Batch batch, int sample) {
        int rank = ((FactorizationMachine) spec.model()).rank();
        int k = spec.outputs();
        double[] z = new double[k];
        for (int output = 0; output < k; output++) {
            for (int i = batch.from(sample); i < batch.to(sample); i++) {
                int a = (batch.rows()[i] * k + output) * (1 + rank);
                z[output] += theta[a] * batch.values()[i];
                for (int j = batch.from(sample) + 1; j < i; j++) {
                    int b = (batch.rows()[j] * k + output) * (1 + rank);
                    double product = 0;
                    for (int f = 1; f <= rank; f++) {
                        product += theta[a + f] * theta[b + f];
                    }
                    z[output] += product * batch.values()[i] * batch.values()[j];
                }
            }
        }
        return z;
    }

    private static double[] mlp(ModelSpec spec, double[] theta, Batch batch, int sample) {
        Mlp model = (Mlp) spec.model();
        double[] x = new double[spec.inputShape().numbers()];
        float[] numbers = batch.get(sample).features().matrix();
        for (int i = 0; i < x.length; i++) {
            x[i] = numbers[i];
        }
        return dense(model.layers(), theta, 0, x, spec.outputs());
    }

    private static double[] embeddingMlp(ModelSpec spec, double[] theta, Batch batch, int sample) {
        EmbeddingMlp model = (EmbeddingMlp) spec.model();
        InputShape in = spec.inputShape();
        int d = model.dimension();
        double[] x = new double[in.numbers() + in.fields() * d];
        float[] numbers = batch.get(sample).features().matrix();
        for (int i = 0; i < in.numbers(); i++) {
            x[i] = numbers[i];
        }
        for (int field = 0; field < in.fields(); field++) {
            int from = field == 0 ? batch.from(sample) : batch.end(sample, field - 1);
            for (int i = from; i < batch.end(sample, field); i++) {
                for (int k = 0; k < d; k++) {
                    int row = batch.rows()[i] - 1 - in.numbers();
                    x[in.numbers() + field * d + k] += batch.values()[i] * theta[row * d + k];
                }
            }
        }
        return dense(model.layers(), theta, in.buckets() * d, x, spec.outputs());
    }

    /** Returns the outputs of dense layers whose parameters start at {@code at}. */
    static double[] dense(HiddenLayers layers, double[] theta, int at, double[] input, int outputs) {
        double[] x = input;
        int w = at;
        List<Integer> hidden = layers.hidden();
        for (int layer = 0; layer <= hidden.size(); layer++) {
            int out = layer < hidden.size() ? hidden.get(layer) : outputs;
            double[] y = new double[out];
            for (int j = 0; j < out; j++) {
                double z = theta[w + x.length * out + j];
                for (int i = 0; i < x.length; i++) {
                    z += x[i] * theta[w + i * out + j];
                }
                y[j] = layer < hidden.size() ? activate(layers.activation(), z) : z;
            }
            w += (x.length + 1) * out;
            x = y;
        }
        return x;
    }

    static double activate(Activation activation, double z) {
        return switch (activation) {
            case RELU -> z > 0 ? z : 0;
            case LEAKY_RELU -> z > 0 ? z : 0.01f * z;
            case TANH -> Transcendental.tanh(z);
            case SIGMOID -> Transcendental.sigmoid(z);
            case GELU -> z * Normal.cdf(z);
            case IDENTITY -> z;
        };
    }
}
