package io.freshet.learning.optimizer;

import io.freshet.learning.loss.PointwiseLoss;
import io.freshet.learning.model.Weights;

/**
 * AdaGrad with steps of any scale of a feature, and of any weight of a sample: the default of Vowpal Wabbit.
 *
 * <pre>
 *   s_i'     = max(s_i, |x_i|)                  slot 1; if it grows, theta_i *= s_i / s_i'
 *   G_i'     = G_i + h g^2 x_i^2                before the step; h: the weight of the sample, g = l'(z)
 *   N'       = N + h sum_i (x_i / s_i')^2,      T' = T + h
 *   rate_i   = learningRate sqrt(T' / N') / (s_i' sqrt(G_i'))
 *   v        = sum_i rate_i x_i^2
 *   theta_i' = theta_i + u rate_i x_i           u = (z(h) - z) / v,   dz/dt = -l'(z) v
 * </pre>
 *
 * A sample of weight h moves the logit as infinitely many samples with infinitely small weights would, from the prediction on: never
 * past a minimum. The way has a closed form for losses that are functions of each logit ({@link PointwiseLoss#follow}), and is
 * integrated for those of the softmax ({@link io.freshet.learning.loss.SoftmaxFlow}).
 *
 * <p>A g far beyond those before is limited, and h with it: {@link SquareLimit}, with the G of the bias as Q and T as N. Q is at
 * least T for a loss without the unit of the label, which so limits no log loss.
 *
 * <p>A sample that only changes a label has the difference of two gradients as g, and moves the logit by the difference of the ways
 * to both labels.
 *
 * <p>A sample is skipped if its gradient is 0; for a loss without the unit of the label, up to 2^-24, as where Vowpal Wabbit's
 * float32 loss is 0. Without that, new features of a sample that is certain would get steps far too large.
 *
 * <p>Several outputs are problems of their own, each with its G. They share s, which depends on features alone, and so N and T: one
 * pair per model, which counts a sample that any output learns. With a mean over outputs, g and dz/dt are divided by their number.
 *
 * <p>Slots: G_i / s_i^2, which neither overflows nor vanishes with x, and s_i; both start at 0. The first value of a parameter that
 * is not 0, as after a warm start, changes no parameter. A parameter with a G of 0, the square of a gradient below 1e-19, is not
 * moved. A value below 1e-30 counts as 0; Vowpal Wabbit replaces values below 1.1e-19 by that. It also learns
 * from the gradient of a prediction that is limited to the labels seen, and limits logits to 50. Sums over a sample are float64. Pinned by {@code NormalizedAdaGradTest} and {@code
 * NormalizedAdaGradGoldenTest}.
 *
 * @see <a href="https://arxiv.org/abs/1305.6646">Ross, Mineiro, Langford 2013, Normalized Online Learning</a>
 * @see <a href="https://arxiv.org/abs/1011.1576">Karampatziakis, Langford 2011, Online Importance Weight Aware Updates</a>
 */
public record NormalizedAdaGrad() implements LookAhead {
    private static final float SMALLEST_GRADIENT = 0x1p-24f;
    private static final int SQUARES = 1;
    private static final int LARGEST = 2;
    private static final int FEATURES = 0;
    private static final int WEIGHT = 1;

    @Override
    public String name() {
        return "normalized-adagrad";
    }

    @Override
    public int slots() {
        return 2;
    }

    @Override
    public double defaultLearningRate() {
        return 0.5;
    }

    @Override
    public double[] memory() {
        return new double[] {0, 0};
    }

    @Override
    public double factor(double[] memory) {
        return memory[FEATURES] > 0 ? Math.sqrt(memory[WEIGHT] / memory[FEATURES]) : 1;
    }

    @Override
    public int numbersPerEntry() {
        return 1;
    }

    @Override
    public void learn(Weights weights, double[] memory, SampleStep sample) {
        boolean pointwise = sample.loss instanceof PointwiseLoss;
        boolean inUnit = sample.loss.isInUnitOfLabel();
        double smallest = inUnit ? 0 : SMALLEST_GRADIENT * sample.unit;
        double usual = inUnit ? 0 : sample.unit * sample.unit * memory[WEIGHT];
        int bias = sample.rows[0] * weights.layout().stride()
                + SQUARES * weights.layout().slotDistance();
        double largest = 0;
        for (int k = 0; k < sample.outputs; k++) {
            double g = sample.gradients[k];
            double sum = Math.max(usual, weights.array()[bias + k]);
            double counted = SquareLimit.share(g * g, sample.weight, sum, memory[WEIGHT]);
            sample.slopes[k] = !pointwise || Math.abs(g) > smallest ? counted * g : 0;
            largest = Math.max(largest, Math.abs(g));
        }
        if (!(largest > smallest)) {
            return;
        }
        double squares = 0;
        for (int k = 0; k < sample.outputs; k++) {
            squares = read(weights, sample, k);
        }
        memory[FEATURES] += sample.weight * squares;
        memory[WEIGHT] += sample.weight;
        double factor = sample.learningRate * factor(memory);
        for (int k = 0; k < sample.outputs; k++) {
            sample.distances[k] *= factor;
        }
        if (sample.changes) {
            sample.swapLabels();
            follow(sample);
            System.arraycopy(sample.starts, 0, sample.steps, 0, sample.outputs);
            sample.swapLabels();
        }
        follow(sample);
        for (int k = 0; sample.changes && k < sample.outputs; k++) {
            sample.starts[k] -= sample.steps[k];
        }
        write(weights, sample, factor);
    }

    /** Computes by how far each logit moves toward the label. */
    private static void follow(SampleStep sample) {
        if (sample.loss instanceof PointwiseLoss each) {
            follow(each, sample);
        } else {
            boolean isClass = sample.loss.labelLength(sample.outputs) == 1;
            sample.flow.follow(sample.logits, sample.label, isClass, sample.distances, sample.weight, sample.starts);
        }
    }

    private static void follow(PointwiseLoss loss, SampleStep sample) {
        double share = sample.weight / sample.outputs;
        for (int k = 0; k < sample.outputs; k++) {
            boolean learns = sample.slopes[k] != 0;
            double time = learns ? share * sample.slopes[k] / sample.gradients[k] * sample.distances[k] : 0;
            sample.starts[k] = learns ? loss.follow(sample.logits[k], sample.label[k], time) : 0;
        }
    }

    /**
     * Adds a sample to s and G of an output; computes x_i / (s_i sqrt(G_i)) of each entry, and the sum of its products with x_i.
     * One division after the other is what takes the time, so nothing else may keep the processor from starting the next: sums are
     * variables, not elements of arrays.
     *
     * @return the sum of (x_i / s_i)^2, the same for each output
     */
    private static double read(Weights weights, SampleStep sample, int output) {
        float[] state = weights.array();
        int stride = weights.layout().stride();
        int distance = weights.layout().slotDistance();
        float dither = SquareSum.dither(sample.number);
        int[] rows = sample.rows;
        float[] values = sample.values;
        double[] first = sample.first;
        int outputs = sample.outputs;
        double g = sample.slopes[output];
        double h = sample.weight;
        double squared = h * g * g;
        double total = 0;
        double reach = 0;
        for (int i = 0; i < sample.count; i++) {
            float x = values[i];
            float size = Math.abs(x);
            int entry = i * outputs + output;
            int p = rows[i] * stride + output;
            if (entry < first.length) {
                first[entry] = 0;
            }
            if (!(size >= ScaleFree.SMALLEST_VALUE)) {
                continue;
            }
            if (size > state[p + LARGEST * distance]) {
                grow(state, p, distance, size);
            }
            double largest = state[p + LARGEST * distance];
            double n = x / largest;
            double square = n * n;
            float sum = SquareSum.add(state[p + SQUARES * distance], squared * square, dither);
            state[p + SQUARES * distance] = ScaleFree.normal(sum);
            if (g != 0 && sum >= Float.MIN_NORMAL) {
                double root = Math.sqrt(sum);
                if (entry < first.length) {
                    first[entry] = n / (root * largest);
                }
                reach += square / root;
            }
            total += square;
        }
        sample.distances[output] = reach;
        return total;
    }

    /** Moves the parameters so that the logits move by their ways, but for rounding. */
    private static void write(Weights weights, SampleStep sample, double factor) {
        float[] state = weights.array();
        int stride = weights.layout().stride();
        int distance = weights.layout().slotDistance();
        int outputs = sample.outputs;
        int[] rows = sample.rows;
        float[] values = sample.values;
        double[] first = sample.first;
        for (int k = 0; k < outputs; k++) {
            double reach = sample.distances[k];
            double step = reach > 0 ? sample.starts[k] / reach * factor : 0;
            for (int i = 0; step != 0 && i < sample.count; i++) {
                int entry = i * outputs + k;
                int p = rows[i] * stride + k;
                double way = entry < first.length ? first[entry] : way(state, p, distance, values[i]);
                state[p] = ScaleFree.normal(state[p] + step * way);
            }
        }
    }

    /** Returns x_i / (s_i sqrt(G_i)) as {@link #read} computes it. */
    private static double way(float[] state, int p, int distance, float x) {
        float sum = state[p + SQUARES * distance];
        if (!(Math.abs(x) >= ScaleFree.SMALLEST_VALUE && sum >= Float.MIN_NORMAL)) {
            return 0;
        }
        double largest = state[p + LARGEST * distance];
        return x / largest / (Math.sqrt(sum) * largest);
    }

    /** Raises the largest magnitude of a coordinate, and shrinks its parameter and squares to what they would have been. */
    private static void grow(float[] state, int p, int distance, float largest) {
        float before = state[p + LARGEST * distance];
        double ratio = before / (double) largest;
        if (before > 0) {
            state[p] = ScaleFree.normal(state[p] * ratio);
        }
        state[p + SQUARES * distance] = ScaleFree.normal(state[p + SQUARES * distance] * ratio * ratio);
        state[p + LARGEST * distance] = largest;
    }
}
