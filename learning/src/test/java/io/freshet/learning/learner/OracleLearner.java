package io.freshet.learning.learner;

import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.loss.Task;
import io.freshet.learning.math.Transcendental;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A linear model trained with plain loops over dense arrays, from raw fields; the learner must equal it, bit for bit.
 *
 * <p>Every formula is written out again: hashes and indices into a dense vector, standardization, softmax and logistic function, the
 * mean over a batch, SGD, and RMSProp. Only MurmurHash3 is shared. Sums are in the documented order. With one output, there
 * are four interleaved sums over the present entries (bias, numbers, hashed rows in the order of the fields), and the first also has the
 * remainder. Otherwise, sums are entry by entry, and gradients sample by sample.
 */
final class OracleLearner {
    /** The raw fields of one record. */
    record Fields(Map<String, Double> numbers, Map<String, String> texts, List<Map.Entry<Integer, Float>> pairs) {
        Row toRow(RowLayout layout) {
            Row row = new Row(layout);
            row.clear();
            numbers.forEach((name, value) -> row.number(layout.number(name), value));
            texts.forEach((name, value) -> row.copyText(layout.text(name), value));
            StringBuilder text = new StringBuilder();
            pairs.forEach(pair -> text.append(pair.getKey())
                    .append(':')
                    .append((double) pair.getValue())
                    .append(' '));
            row.copyText(layout.text("s"), text.toString());
            return row;
        }
    }

    private record Packed(float[] x, Set<Integer> present, float[] delta, float weight) {}

    private final ModelSpec spec;
    private final int rows;
    private final int k;
    private final boolean rmsprop;
    final float[] theta;
    final float[] meanSquare;
    private final double[] mean;
    private final double[] m2;
    private double n;
    private final List<Packed> batch = new ArrayList<>();

    OracleLearner(ModelSpec spec) {
        this.spec = spec;
        rows = spec.features().rows();
        k = spec.outputs();
        rmsprop = spec.optimizer().name().equals("rmsprop");
        theta = new float[rows * k];
        meanSquare = new float[rmsprop ? rows * k : 0];
        mean = new double[spec.features().numeric().size()];
        m2 = new double[mean.length];
    }

    /** Learns a record; returns its prediction. */
    float[] learn(Fields fields) {
        float[] x = new float[rows];
        Set<Integer> present = new LinkedHashSet<>();
        x[0] = 1;
        present.add(0);
        standardize(fields, x, present);
        hash(fields, x, present);
        float[] z = new float[k];
        logits(x, present, z);
        float[] prediction = new float[k];
        float[] delta = new float[k];
        gradient(z, fields.numbers.get("y").floatValue(), prediction, delta);
        float weight = fields.numbers.get("w").floatValue();
        if (weight > 0) {
            batch.add(new Packed(x, present, delta, weight));
        }
        if (batch.size() == spec.training().batch().size()) {
            update();
        }
        return prediction;
    }

    void update() {
        double weights = 0;
        for (Packed sample : batch) {
            weights += sample.weight;
        }
        float[] g = new float[rows * k];
        boolean[] touched = new boolean[rows];
        for (Packed sample : batch) {
            float share = spec.training().batch().size() == 1 ? sample.weight : (float) (sample.weight / weights);
            for (int r = 0; r < rows; r++) {
                for (int j = 0; sample.present.contains(r) && j < k; j++) {
                    touched[r] = true;
                    g[r * k + j] += sample.x[r] * (sample.delta[j] * share);
                }
            }
        }
        float rate = (float) spec.training().learningRate();
        for (int c = 0; c < g.length; c++) {
            if (touched[c / k] && rmsprop) {
                float mean = 0.9f * meanSquare[c] + (float) (1 - 0.9) * (g[c] * g[c]);
                meanSquare[c] = (mean + 0x1.8p-100f) - 0x1.8p-100f;
                theta[c] = theta[c] - rate * g[c] / ((float) Math.sqrt(meanSquare[c]) + 1e-8f);
            } else if (touched[c / k]) {
                theta[c] = theta[c] - rate * g[c];
            }
        }
        batch.clear();
    }

    private void standardize(Fields fields, float[] x, Set<Integer> present) {
        double weight = fields.numbers.get("w").floatValue();
        double sum = n + weight;
        for (int i = 0; i < mean.length; i++) {
            double value = fields.numbers.get(spec.features().numeric().get(i));
            double before = value - mean[i];
            double after = value - (mean[i] + before / (n + 1));
            double variance = (m2[i] + before * after) / (n + 1);
            x[1 + i] = variance == 0 ? 0 : (float) (after / Math.sqrt(variance));
            present.add(1 + i);
            if (weight > 0) {
                mean[i] = mean[i] + weight * before / sum;
                m2[i] = m2[i] + weight * before * (value - mean[i]);
            }
        }
        n = sum;
    }

    private void hash(Fields fields, float[] x, Set<Integer> present) {
        int seed = (int) (spec.seed() ^ spec.seed() >>> 32);
        int first = 1 + mean.length;
        int buckets = rows - first;
        for (String field : spec.features().categorical()) {
            int h = MurmurHash3.hash(fields.texts.get(field), MurmurHash3.hash(field, seed));
            put(x, present, first + Math.floorMod(h, buckets), 1);
        }
        for (List<String> cross : spec.features().cross()) {
            int h = seed ^ 0x63726f73;
            for (String field : cross) {
                h = MurmurHash3.hash(field, h);
            }
            for (String field : cross) {
                h = MurmurHash3.hash(fields.texts.get(field), h);
            }
            put(x, present, first + Math.floorMod(h, buckets), 1);
        }
        for (Map.Entry<Integer, Float> pair : fields.pairs) {
            put(x, present, first + pair.getKey() % buckets, pair.getValue());
        }
    }

    private static void put(float[] x, Set<Integer> present, int row, float value) {
        x[row] = present.add(row) ? value : x[row] + value;
    }

    private void logits(float[] x, Set<Integer> present, float[] z) {
        List<Integer> entries = List.copyOf(present);
        float[] side = new float[4];
        for (int i = 0; i < entries.size(); i++) {
            int r = entries.get(i);
            if (k == 1) {
                side[i < entries.size() / 4 * 4 ? i % 4 : 0] += theta[r] * x[r];
            }
            for (int j = 0; k > 1 && j < k; j++) {
                z[j] += theta[r * k + j] * x[r];
            }
        }
        if (k == 1) {
            z[0] = (side[0] + side[1]) + (side[2] + side[3]);
        }
    }

    private void gradient(float[] z, float y, float[] prediction, float[] delta) {
        if (spec.loss().task() == Task.REGRESSION) {
            prediction[0] = z[0];
            delta[0] = (float) (2 * ((double) z[0] - y));
        } else if (spec.loss().task() == Task.BINARY) {
            double e = Transcendental.exp(-Math.abs((double) z[0]));
            double p = z[0] >= 0 ? 1 / (1 + e) : e / (1 + e);
            prediction[0] = (float) p;
            delta[0] = (float) (p - y);
        } else {
            softmax(z, prediction);
            double others = 0;
            for (int j = 0; j < k; j++) {
                delta[j] = prediction[j];
                others += j == (int) y ? 0 : prediction[j];
            }
            delta[(int) y] = (float) -others;
        }
    }

    private void softmax(float[] z, float[] prediction) {
        float largest = z[0];
        for (float logit : z) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (int j = 0; j < k; j++) {
            double e = Transcendental.exp((double) z[j] - largest);
            sum += e;
            prediction[j] = (float) e;
        }
        for (int j = 0; j < k; j++) {
            prediction[j] = (float) (prediction[j] / sum);
        }
    }
}
