package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.spec.ModelSpec;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Would catch an entry that is skipped, added to another partial sum, or learned twice where a sample is read in place, and a
 * count that only packed samples update. Packed samples are learned with limits on gradients that none of them
 * reaches, or, where there are no limits, in batches that end after one.
 */
class InPlaceLearnerTest {
    private static final long SEED = 20261127;
    private static final int SAMPLES = 400;
    private static final int MOST_NUMBERS = 5;
    private static final String NO_LIMIT = ", clip: {value: 1.0e+30}";

    static Stream<String> optimizers() {
        return TestSpecs.optimizers("linear", new BinaryCrossEntropy()).stream();
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void gives_the_same_state_as_packed_samples(String optimizer) {
        for (int numbers = 0; numbers <= MOST_NUMBERS; numbers++) {
            Learner inPlace = new Learner(spec(optimizer, numbers, ""));
            Learner packed = new Learner(spec(optimizer, numbers, looksAhead(optimizer) ? ", batch: 2" : NO_LIMIT));
            LearnerState state = inPlace.start();
            LearnerState expected = packed.start();
            for (Sample sample : samples(numbers)) {
                inPlace.learn(state, sample);
                packed.learn(expected, sample);
                if (expected.pendingSize() > 0) {
                    packed.finish(expected, () -> {});
                }
                String what = "seed " + SEED + ", " + numbers + " numbers, offset " + sample.offset();
                assertThat(inPlace.lastPrediction()).as(what).isEqualTo(packed.lastPrediction());
                assertThat(inPlace.rejections().count())
                        .as(what)
                        .isEqualTo(packed.rejections().count());
                assertSame(what, state, expected, inPlace.spec());
                if (sample.offset() == SAMPLES / 4) {
                    inPlace.nextWindow(state);
                    packed.nextWindow(expected);
                }
            }
            assertThat(state.rejected() > 0).as("rejected").isEqualTo(!looksAhead(optimizer));
            assertThat(state.watcher().events()).as("drifts").isNotEmpty();
        }
    }

    private static boolean looksAhead(String optimizer) {
        return TestSpecs.optimizer(optimizer, "").looksAhead();
    }

    private static void assertSame(String what, LearnerState state, LearnerState expected, ModelSpec spec) {
        assertThat(state.weights()).as(what).isEqualTo(expected.weights());
        assertThat(state.moments()).as(what).isEqualTo(expected.moments());
        assertThat(state.blockVersions()).as(what).isEqualTo(expected.blockVersions());
        assertThat(state.total().metrics()).as(what).isEqualTo(expected.total().metrics());
        assertThat(state.updateMemory()).as(what).isEqualTo(expected.updateMemory());
        assertThat(updates(state, spec)).as(what).isEqualTo(updates(expected, spec));
        assertThat(state.watcher().events())
                .as(what)
                .isEqualTo(expected.watcher().events());
        assertThat(state.lineage().offsets())
                .as(what)
                .isEqualTo(expected.lineage().offsets());
        assertThat(state.lineage().watermark())
                .as(what)
                .isEqualTo(expected.lineage().watermark());
        assertThat(List.of(state.samples(), state.updates(), state.rejected()))
                .as(what)
                .isEqualTo(List.of(expected.samples(), expected.updates(), expected.rejected()));
    }

    /** The norm of a gradient is that of the mean in a batch. */
    private static double[] updates(LearnerState state, ModelSpec spec) {
        double[] sums = state.updateWindow().sums();
        sums[2] = spec.optimizer().looksAhead() ? 0 : sums[2];
        return sums;
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void allocates_nothing(String optimizer) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        Learner learner = new Learner(spec(optimizer, 2, ""));
        LearnerState state = learner.start();
        List<Sample> samples = new ArrayList<>(samples(2));
        // Rejected samples and drifts are reported, which allocates.
        samples.removeIf(sample -> sample.label()[0] != 0 || isHuge(sample));
        samples.forEach(sample -> learner.learn(state, sample));
        long before = threads.getThreadAllocatedBytes(thread);
        for (Sample sample : samples) {
            learner.learn(state, sample);
        }
        long perSample = (threads.getThreadAllocatedBytes(thread) - before) / samples.size();
        // Tolerates occasional allocations by the virtual machine.
        assertThat(perSample).as("bytes per sample").isLessThan(16);
    }

    private static boolean isHuge(Sample sample) {
        for (float value : sample.values()) {
            if (Math.abs(value) > 2) {
                return true;
            }
        }
        return false;
    }

    /** Draws samples of 0 to 11 hashed features; labels switch in the middle, and some values are huge. */
    private static List<Sample> samples(int numbers) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            double[] numeric =
                    random.doubles(numbers, -3, 5).map(x -> (float) x).toArray();
            int[] rows = random.ints(1 + numbers, 1 + numbers + (1 << 16))
                    .distinct()
                    .limit(i % 12)
                    .toArray();
            float[] values = new float[rows.length];
            for (int j = 0; j < values.length; j++) {
                values[j] = (float) random.nextDouble(-2, 2) * (random.nextInt(200) == 0 ? 0x1p62f : 1);
            }
            float label = i < SAMPLES / 2 ? 0 : 1;
            float weight = random.nextInt(10) == 0 ? 0 : random.nextInt(1, 4);
            samples.add(Sample.of(numeric, rows, values, label, weight, new Sample.Position(i % 3, i, 1000 + i, 0)));
        }
        return samples;
    }

    private static ModelSpec spec(String optimizer, int numbers, String more) {
        StringBuilder numeric = new StringBuilder();
        for (int i = 0; i < numbers; i++) {
            numeric.append(i == 0 ? "" : ", ").append((char) ('a' + i));
        }
        return ModelSpec.parse("{name: m, label: y, features: {numeric: [" + numeric + "], sparse: [x], hashBits: 16}, "
                + "loss: binary-cross-entropy, optimizer: {type: " + optimizer
                + "}, watch: {drift: {type: page-hinkley, threshold: 5}}"
                + more + "}");
    }
}
