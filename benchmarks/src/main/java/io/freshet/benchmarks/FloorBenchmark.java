package io.freshet.benchmarks;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.log1p;
import static io.freshet.learning.math.Transcendental.sigmoid;

import io.freshet.learning.features.Sample;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A lower bound for {@link LearnBenchmark}: the minimal work for the same samples, one hand-written loop per optimizer.
 *
 * <p>It computes a weighted sum of a bias and the touched rows, a logistic function, a sum of losses, and the formula of
 * the optimizer for each touched row, whose slots follow it. It validates, packs, counts, and records nothing. The ratio
 * of {@code LearnBenchmark}, for a linear model and a batch of 1, to this benchmark is the cost of those.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FloorBenchmark {
    private static final float LEARNING_RATE = 0.01f;
    private static final float ADAM_LEARNING_RATE = 0.001f;
    private static final float FTRL_LEARNING_RATE = 0.1f;
    private static final float EPSILON = 1e-8f;
    private static final float MOMENTUM = 0.9f;
    private static final float DECAY = 0.9f;
    private static final float BETA1 = 0.9f;
    private static final float BETA2 = 0.999f;
    private static final float WEIGHT_DECAY = 0.01f;
    private static final float BETA = 1;

    private final Sample[] samples = SparseSamples.draw();
    /** Each parameter, followed by its slots; an optimizer with fewer slots uses the beginning. */
    private final float[] state = new float[3 * SparseSamples.TABLE];

    private double loss;
    private int next;

    /** Changes a parameter and its slots, which start at {@code at}, by its gradient. */
    private interface Rule {
        void update(float[] p, int at, float g);
    }

    /** No slots. */
    @Benchmark
    public double sgd() {
        return step(1, (p, at, g) -> p[at] -= LEARNING_RATE * g);
    }

    /** One slot. */
    @Benchmark
    public double momentum() {
        return step(2, FloorBenchmark::momentum);
    }

    private static void momentum(float[] p, int at, float g) {
        float v = MOMENTUM * p[at + 1] + g;
        p[at + 1] = v;
        p[at] -= LEARNING_RATE * v;
    }

    /** One slot. */
    @Benchmark
    public double nesterov() {
        return step(2, FloorBenchmark::nesterov);
    }

    private static void nesterov(float[] p, int at, float g) {
        float v = MOMENTUM * p[at + 1] + g;
        p[at + 1] = v;
        p[at] -= LEARNING_RATE * (g + MOMENTUM * v);
    }

    /** One slot, and a root and a division for each row. */
    @Benchmark
    public double adagrad() {
        return step(2, FloorBenchmark::adagrad);
    }

    private static void adagrad(float[] p, int at, float g) {
        float sum = p[at + 1] + g * g;
        p[at + 1] = sum;
        p[at] -= LEARNING_RATE * g / ((float) Math.sqrt(sum) + EPSILON);
    }

    /** One slot, and a root and a division for each row. */
    @Benchmark
    public double rmsprop() {
        return step(2, FloorBenchmark::rmsprop);
    }

    private static void rmsprop(float[] p, int at, float g) {
        float mean = DECAY * p[at + 1] + (1 - DECAY) * (g * g);
        p[at + 1] = mean;
        p[at] -= LEARNING_RATE * g / ((float) Math.sqrt(mean) + EPSILON);
    }

    /** Two slots, and a root and a division for each row. Both bias corrections are 1, as they are after 40,000 updates. */
    @Benchmark
    public double adam() {
        return step(3, (p, at, g) -> p[at] -= adam(p, at, g));
    }

    private static float adam(float[] p, int at, float g) {
        float m = BETA1 * p[at + 1] + (1 - BETA1) * g;
        float v = BETA2 * p[at + 2] + (1 - BETA2) * (g * g);
        p[at + 1] = m;
        p[at + 2] = v;
        return ADAM_LEARNING_RATE * m / ((float) Math.sqrt(v) + EPSILON);
    }

    /** The same, with decoupled weight decay. */
    @Benchmark
    public double adamw() {
        return step(3, (p, at, g) -> p[at] -= adam(p, at, g) + ADAM_LEARNING_RATE * WEIGHT_DECAY * p[at]);
    }

    /** Two slots, and a root and a division for each row; without penalties. */
    @Benchmark
    public double ftrl() {
        return step(3, FloorBenchmark::ftrl);
    }

    private static void ftrl(float[] p, int at, float g) {
        float n = p[at + 2] + g * g;
        float d = (BETA + (float) Math.sqrt(n)) * (1 / FTRL_LEARNING_RATE);
        float z = g - d * p[at];
        p[at + 2] = n;
        p[at + 1] = z;
        p[at] = -z / d;
    }

    /** Learns the next sample. A process runs one benchmark, so the compiler knows the rule. */
    private double step(int stride, Rule rule) {
        Sample sample = samples[next++ & (SparseSamples.COUNT - 1)];
        float[] p = state;
        float[] values = sample.values();
        float delta = delta(p, sample, stride);
        rule.update(p, 0, delta);
        int i = 0;
        for (int row : sample.rows()) {
            rule.update(p, stride * row, delta * values[i++]);
        }
        return loss;
    }

    /** Adds the loss of a sample; returns the derivative of the loss with respect to its logit. */
    private float delta(float[] p, Sample sample, int stride) {
        int[] rows = sample.rows();
        float[] values = sample.values();
        float label = sample.label()[0];
        float a = p[0];
        float b = 0;
        float c = 0;
        float d = 0;
        for (int i = 0; i < rows.length - 3; i += 4) {
            a += p[rows[i] * stride] * values[i];
            b += p[rows[i + 1] * stride] * values[i + 1];
            c += p[rows[i + 2] * stride] * values[i + 2];
            d += p[rows[i + 3] * stride] * values[i + 3];
        }
        double logit = (a + b) + (c + d);
        double e = exp(-Math.abs(logit));
        loss += Math.max(logit, 0) - logit * label + log1p(e);
        return (float) (sigmoid(logit, e) - label);
    }
}
