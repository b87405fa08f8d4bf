package io.freshet.benchmarks;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Predicts, scores, and learns one sample with 32 of 2^18 sparse features, with logistic regression or a factorization
 * machine of rank 8. Optimizers that look ahead learn only the first: {@code -p model=linear -p
 * optimizer=adagrad,normalized-adagrad,scale-free}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LearnBenchmark {
    /** Of different samples, which repeat; a power of two. */
    private static final int SAMPLES = 1 << 12;

    private static final int FEATURES = 32;
    /** Rows of parameters: the bias, and then the features. */
    private static final int TABLE = 1 + (1 << 18);

    @Param({"linear", "factorization-machine"})
    public String model = "linear";

    @Param({"sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "ftrl"})
    public String optimizer = "sgd";

    @Param({"1", "32"})
    public int batch = 1;

    private final Sample[] samples = new Sample[SAMPLES];
    private Learner learner = learner();
    private LearnerState state = learner.start();
    private int next;

    @Setup
    public void prepare() {
        learner = learner();
        state = learner.start();
        SplittableRandom random = new SplittableRandom(3);
        float[] ones = new float[FEATURES];
        Arrays.fill(ones, 1);
        for (int i = 0; i < SAMPLES; i++) {
            int[] rows =
                    random.ints(1, TABLE).distinct().limit(FEATURES).sorted().toArray();
            samples[i] = Sample.of(new double[0], rows, ones, random.nextInt(2), 1, new Sample.Position(0, i, i, 0));
        }
    }

    @Benchmark
    public long learn() {
        learner.learn(state, samples[next++ & (SAMPLES - 1)]);
        return state.samples();
    }

    private Learner learner() {
        return new Learner(
                ModelSpec.parse("{name: m, label: y, features: {sparse: [x], hashBits: 18}, model: {type: " + model
                        + "}, loss: binary-cross-entropy, optimizer: {type: " + optimizer + "}, batch: {size: " + batch
                        + "}}"));
    }
}
