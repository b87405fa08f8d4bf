package io.freshet.benchmarks;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.state.LearnerState;
import io.freshet.schemas.FreshetVersion;
import io.freshet.schemas.history.HistoryCodec;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Publishes keys of a model of 50 parameters with RMSProp, 1024 keys in turn, each of which has learned 20 samples. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PublishBenchmark {
    private static final int KEYS = 1 << 10;
    private static final int SAMPLES = 20;
    private static final int NUMBERS = 17;
    private static final int HASH_BITS = 5;
    private static final String YAML = """
            name: m
            label: y
            key: k
            features:
              numeric: [n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15, n16]
              categorical: [c0]
              hashBits: 5
            loss: binary-cross-entropy
            optimizer: {type: rmsprop}
            """;

    private final Learner learner = new Learner(ModelSpec.parse(YAML));
    private final SnapshotCodec snapshots = new SnapshotCodec();
    private final HistoryCodec history = new HistoryCodec(snapshots);
    private final String[] keys = new String[KEYS];
    private final LearnerState[] states = new LearnerState[KEYS];
    private int next;

    @Setup
    public void prepare() {
        SplittableRandom random = new SplittableRandom(3);
        for (int key = 0; key < KEYS; key++) {
            keys[key] = "k%07d".formatted(key);
            states[key] = learner.start();
            for (int i = 0; i < SAMPLES; i++) {
                learner.learn(states[key], sample(random, key + (long) i * KEYS));
            }
        }
    }

    /** Copies a state to a snapshot. */
    @Benchmark
    public Snapshot copy() {
        int key = next++ & (KEYS - 1);
        return learner.snapshot(states[key], keys[key]);
    }

    /** Copies a state to a snapshot, and encodes its record and its history record. */
    @Benchmark
    public void publish(Blackhole out) {
        PublishedSnapshot published = snapshots.publish(
                copy(), SnapshotCodec.NO_PARENT, "samples", 1_700_000_000_000L, FreshetVersion.VERSION);
        out.consume(snapshots.write(published, SnapshotCodec.ALL));
        out.consume(history.write(published));
    }

    private static Sample sample(SplittableRandom random, long offset) {
        double[] numbers = random.doubles(NUMBERS, -3, 3).toArray();
        int[] rows = {1 + NUMBERS + random.nextInt(1 << HASH_BITS)};
        return Sample.of(
                numbers, rows, new float[] {1}, random.nextInt(2), 1, new Sample.Position(0, offset, 1_000_000, 0));
    }
}
