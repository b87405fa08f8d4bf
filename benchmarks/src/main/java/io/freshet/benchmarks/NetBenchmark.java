package io.freshet.benchmarks;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.linalg.Gemm;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.state.LearnerState;
import io.freshet.learning.thread.ThreadTeam;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Predicts, scores, and learns one mini-batch of 784-512-128-10.
 *
 * <p>The upper bound is {@code products}: the eight matrix products alone, with operands that are already off the heap.
 * The gradient of the input is not needed.
 *
 * <pre>
 *   X W, X^T dY of each layer, dY W^T of the second and the third
 *   2 * (3 * 468,224 - 401,408) floating-point operations per sample
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 250, timeUnit = TimeUnit.MILLISECONDS)
public class NetBenchmark {
    private static final int[] UNITS = {784, 512, 128, 10};
    private static final int BATCHES = 16;

    /** Samples per second. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Rate {
        public long samples;
    }

    /** The learner, which {@code products} does not use. */
    @State(Scope.Thread)
    public static class Learning {
        @Param({"sgd", "rmsprop", "adam"})
        public String optimizer = "sgd";

        /** Percentage of inputs that are 0 after the first batch, so that moments of their weights decay. */
        @Param({"0", "30"})
        public int dead = 0;

        /** Threads of the learner. */
        @Param({"1", "2"})
        public int threads = 1;

        private Sample[] samples = {};
        private ThreadTeam team = ThreadTeam.ALONE;
        private Learner learner = learner(1, "sgd", ThreadTeam.ALONE);
        private LearnerState state = learner.start();
        private int next;

        @Setup
        public void prepare(NetBenchmark benchmark) {
            team = new ThreadTeam(threads, "learner", System::nanoTime);
            learner = learner(benchmark.batch, optimizer, team);
            state = learner.start();
            for (Sample sample : samples(benchmark.batch, 0)) {
                learner.learn(state, sample);
            }
            samples = samples(BATCHES * benchmark.batch, dead);
            next = 0;
        }

        @TearDown
        public void end() {
            team.close();
        }

        private static Learner learner(int batch, String optimizer, ThreadTeam team) {
            ModelSpec spec = ModelSpec.parse(
                    "{name: m, label: y, features: {dense: {field: x, length: 784}}, model: {type: mlp, hidden: [512, 128]}, "
                            + "outputs: 10, loss: sparse-categorical-cross-entropy, optimizer: {type: " + optimizer
                            + ", learningRate: 0.001}, batch: {size: " + batch + "}}");
            return new Learner(spec, null, List.of(), team);
        }

        private static Sample[] samples(int count, int dead) {
            SplittableRandom random = new SplittableRandom(5);
            Sample[] samples = new Sample[count];
            for (int i = 0; i < count; i++) {
                float[] x = new float[784];
                for (int k = 0; k < x.length; k++) {
                    float number = (float) random.nextDouble();
                    x[k] = k * 100 < x.length * dead ? 0 : number;
                }
                float[] label = {random.nextInt(10)};
                samples[i] = new Sample(
                        new Sample.Features(new double[0], x, new int[0], new int[0], new float[0]),
                        label,
                        1,
                        false,
                        new Sample.Position(0, i, i, 0));
            }
            return samples;
        }
    }

    @Param({"32", "256"})
    public int batch = 32;

    private final FloatPointer[] activations = new FloatPointer[UNITS.length];
    private final FloatPointer[] deltas = new FloatPointer[UNITS.length];
    private final FloatPointer[] weights = new FloatPointer[UNITS.length];
    private final FloatPointer[] gradients = new FloatPointer[UNITS.length];

    @Setup
    public void prepare() {
        // Loads OpenBLAS and limits it to one thread.
        Gemm.multiply(false, false, 1, 1, 1, new float[1], 0, 1, new float[1], 0, 1, 0, new float[1], 0, 1);
        SplittableRandom random = new SplittableRandom(5);
        for (int layer = 0; layer < UNITS.length; layer++) {
            int before = layer == 0 ? 0 : UNITS[layer - 1];
            activations[layer] = numbers(batch * UNITS[layer], random);
            deltas[layer] = numbers(batch * UNITS[layer], random);
            weights[layer] = numbers(before * UNITS[layer], random);
            gradients[layer] = numbers(before * UNITS[layer], random);
        }
    }

    @TearDown
    public void release() {
        for (FloatPointer[] pointers : new FloatPointer[][] {activations, deltas, weights, gradients}) {
            for (FloatPointer pointer : pointers) {
                pointer.close();
            }
        }
    }

    /** Learns a mini-batch. */
    @Benchmark
    public long learn(Learning learning, Rate rate) {
        for (int i = 0; i < batch; i++) {
            learning.learner.learn(learning.state, learning.samples[learning.next++ % learning.samples.length]);
        }
        rate.samples += batch;
        return learning.state.samples();
    }

    /** Computes the products of a mini-batch alone. */
    @Benchmark
    public FloatPointer products(Rate rate) {
        for (int layer = 1; layer < UNITS.length; layer++) {
            product(false, false, layer, activations[layer - 1], weights[layer], activations[layer]);
        }
        for (int layer = UNITS.length - 1; layer > 0; layer--) {
            product(true, false, layer, activations[layer - 1], deltas[layer], gradients[layer]);
            if (layer > 1) {
                product(false, true, layer, deltas[layer], weights[layer], deltas[layer - 1]);
            }
        }
        rate.samples += batch;
        return gradients[1];
    }

    private void product(
            boolean transposeA, boolean transposeB, int layer, FloatPointer a, FloatPointer b, FloatPointer c) {
        int in = UNITS[layer - 1];
        int out = UNITS[layer];
        int n = transposeB ? in : out;
        cblas_sgemm(
                CblasRowMajor,
                transposeA ? CblasTrans : CblasNoTrans,
                transposeB ? CblasTrans : CblasNoTrans,
                transposeA ? in : batch,
                n,
                transposeA ? batch : transposeB ? out : in,
                1,
                a,
                transposeB ? out : in,
                b,
                out,
                0,
                c,
                n);
    }

    private static FloatPointer numbers(int length, SplittableRandom random) {
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = (float) random.nextDouble(-1e-3, 1e-3);
        }
        return new FloatPointer(Math.max(1, length)).put(numbers, 0, length);
    }
}
