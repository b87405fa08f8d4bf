package io.freshet.benchmarks;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.log1p;
import static io.freshet.learning.math.Transcendental.sigmoid;

import java.util.SplittableRandom;
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
 * A lower bound for {@link LearnBenchmark}: the minimal work for the same samples, in one hand-written loop.
 *
 * <p>It reads and writes the same number of rows, and computes a bias, a logistic function, and a sum of losses. It
 * validates, packs, scores, and records nothing. The ratio of {@code LearnBenchmark}, for a linear model and a batch of
 * 1, to this benchmark is the cost of those.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FloorBenchmark {
    private static final int SAMPLES = 1 << 12;
    private static final int FEATURES = 32;
    private static final int TABLE = 1 + (1 << 18);
    private static final float LEARNING_RATE = 0.01f;
    private static final float EPSILON = 1e-8f;

    private final int[][] rows = new int[SAMPLES][];
    private final float[] labels = new float[SAMPLES];
    private final float[] parameters = new float[TABLE];
    /** For AdaGrad: each parameter, followed by the sum of its squared gradients. */
    private final float[] parametersAndSquares = new float[2 * TABLE];

    private double loss;
    private int next;

    public FloorBenchmark() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < SAMPLES; i++) {
            int[] touched = new int[1 + FEATURES];
            int[] hashed =
                    random.ints(1, TABLE).distinct().limit(FEATURES).sorted().toArray();
            System.arraycopy(hashed, 0, touched, 1, FEATURES);
            rows[i] = touched;
            labels[i] = random.nextInt(2);
        }
    }

    /** Reads and writes each parameter once. */
    @Benchmark
    public double sgd() {
        int sample = next++ & (SAMPLES - 1);
        int[] touched = rows[sample];
        float[] p = parameters;
        float g = gradient(p, touched, 1, labels[sample]);
        for (int row : touched) {
            p[row] -= LEARNING_RATE * g;
        }
        return loss;
    }

    /** The same, with a root and a division for each parameter. */
    @Benchmark
    public double adagrad() {
        int sample = next++ & (SAMPLES - 1);
        int[] touched = rows[sample];
        float[] p = parametersAndSquares;
        float g = gradient(p, touched, 2, labels[sample]);
        for (int row : touched) {
            float sum = p[2 * row + 1] + g * g;
            p[2 * row + 1] = sum;
            p[2 * row] -= LEARNING_RATE * g / ((float) Math.sqrt(sum) + EPSILON);
        }
        return loss;
    }

    private float gradient(float[] p, int[] touched, int stride, float label) {
        float a = p[touched[0] * stride];
        float b = 0;
        float c = 0;
        float d = 0;
        for (int i = 1; i < touched.length; i += 4) {
            a += p[touched[i] * stride];
            b += p[touched[i + 1] * stride];
            c += p[touched[i + 2] * stride];
            d += p[touched[i + 3] * stride];
        }
        double logit = (a + b) + (c + d);
        double e = exp(-Math.abs(logit));
        loss += Math.max(logit, 0) - logit * label + log1p(e);
        return (float) (sigmoid(logit, e) - label);
    }
}
