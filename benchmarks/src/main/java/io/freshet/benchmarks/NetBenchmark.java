package io.freshet.benchmarks;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
 * Predicts, scores, and learns one mini-batch of 784-512-128-10: {@code 2 * (3 * 468,224 - 401,408)} floating-point operations per
 * sample in eight matrix products, since the gradient of the input is not needed.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 250, timeUnit = TimeUnit.MILLISECONDS)
public class NetBenchmark {
    private static final int BATCHES = 16;

    @Param({"32", "256"})
    public int batch = 32;

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
    private Learner learner = learner();
    private LearnerState state = learner.start();
    private int next;

    /** Samples per second. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Rate {
        public long samples;
    }

    @Setup
    public void prepare() {
        team = new ThreadTeam(threads, "learner", System::nanoTime);
        learner = learner();
        state = learner.start();
        for (Sample sample : samples(batch, 0)) {
            learner.learn(state, sample);
        }
        samples = samples(BATCHES * batch, dead);
        next = 0;
    }

    @TearDown
    public void end() {
        team.close();
    }

    @Benchmark
    public long learn(Rate rate) {
        for (int i = 0; i < batch; i++) {
            learner.learn(state, samples[next++ % samples.length]);
        }
        rate.samples += batch;
        return state.samples();
    }

    private Learner learner() {
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
            samples[i] = new Sample(
                    new Sample.Features(new double[0], x, new int[0], new int[0], new float[0]),
                    new float[] {random.nextInt(10)},
                    1,
                    false,
                    new Sample.Position(0, i, i, 0));
        }
        return samples;
    }
}
