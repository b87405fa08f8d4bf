package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.Golden;
import io.freshet.learning.SequenceCases;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch padding that is learned, wrong weights of steps, and state of a sequence that is not checkpointed. */
class SequenceLearnerTest {
    private static final long SEED = 20260313;

    static Stream<List<String>> models() {
        return SequenceCases.FEATURES.stream()
                .flatMap(features -> SequenceCases.CELLS.stream().map(cell -> List.of(features, cell + ", hidden: 4")));
    }

    private static ModelSpec spec(List<String> model, String optimizer, int batchSize) {
        return SequenceCases.spec(
                model.get(0),
                model.get(1),
                "optimizer: {type: " + optimizer + ", learningRate: 0.05}",
                "batch: {size: " + batchSize + "}");
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_state_restored_at_any_sample_learns_the_same_bits(List<String> model) throws IOException {
        for (int batchSize : new int[] {1, 5, 64}) {
            ModelSpec spec = spec(model, "rmsprop", batchSize);
            List<Sample> samples = SequenceCases.samples(spec, 203, SEED);
            byte[] expected = LearnerTest.bytes(learn(spec, new Learner(spec).start(), samples));
            for (int k : new int[] {0, 1, 101, 202}) {
                LearnerState state = learn(spec, new Learner(spec).start(), samples.subList(0, k));
                if (batchSize == 64 && k == 101) {
                    assertThat(state.pending().size()).as("a partial batch").isBetween(1, 63);
                }
                byte[] saved = LearnerTest.bytes(state);
                LearnerState restored = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(saved)));
                learn(spec, restored, samples.subList(k, samples.size()));
                assertThat(LearnerTest.bytes(restored))
                        .as("seed %d, batch %d, restored at %d", SEED, batchSize, k)
                        .isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_batch_learns_the_mean_over_all_of_its_steps(List<String> model) {
        int n = 320; // more than the network computes at once
        ModelSpec together = spec(model, "sgd", n);
        List<Sample> samples = SequenceCases.samples(together, n, SEED);
        Learner all = new Learner(together);
        LearnerState state = learn(together, all.start(), samples);
        all.finish(state, () -> {}); // samples of weight 0 do not count in the size of a batch
        assertThat(state.updates()).isEqualTo(1);
        Learner learner = new Learner(spec(model, "sgd", 1));
        float[] start = learner.start().weights().array();
        double[] mean = new double[start.length];
        double total = 0;
        for (Sample sample : samples) {
            LearnerState alone = learner.start();
            Sample unit = weighted(sample, 1);
            learner.learn(alone, unit);
            double weight = (double) sample.weight() * sample.label().length;
            for (int p = 0; p < mean.length; p++) {
                mean[p] += weight * (alone.weights().array()[p] - start[p]);
            }
            total += weight;
        }
        for (int p = 0; p < mean.length; p++) {
            Golden.assertClose(
                    state.weights().array()[p] - start[p],
                    mean[p] / total,
                    1e-3,
                    1e-6,
                    "seed " + SEED + ", parameter " + p);
        }
    }

    private static Sample weighted(Sample sample, float weight) {
        return new Sample(
                new Sample.Features(sample.numeric(), sample.dense(), sample.rows(), sample.ends(), sample.values()),
                sample.label(),
                weight,
                false,
                new Sample.Position(0, 0, 0, 0));
    }

    @Test
    void values_after_the_length_change_no_bit() throws InvalidSampleException {
        String features = "dense: [{field: v, length: 2}], tokens: [t], length: n, hashBits: 3";
        ModelSpec spec = spec(List.of(features, "cell: gru, hidden: 4"), "rmsprop", 3);
        SplittableRandom random = new SplittableRandom(SEED);
        LearnerState clean = new Learner(spec).start();
        LearnerState padded = new Learner(spec).start();
        Learner one = new Learner(spec);
        Learner other = new Learner(spec);
        for (int i = 0; i < 100; i++) {
            int length = random.nextInt(1, 6);
            float[] v = new float[10];
            float[] classes = new float[5];
            List<String> words = new ArrayList<>();
            for (int t = 0; t < 5; t++) {
                v[2 * t] = random.nextInt(-3, 3);
                v[2 * t + 1] = random.nextInt(-3, 3);
                classes[t] = random.nextInt(3);
                words.add("w" + random.nextInt(9));
            }
            float[] garbage = v.clone();
            float[] wrong = classes.clone();
            for (int t = length; t < 5; t++) {
                garbage[2 * t] = random.nextBoolean() ? Float.NaN : random.nextInt();
                wrong[t] = random.nextBoolean() ? -1 : Float.NaN;
                words.set(t, "?" + random.nextInt());
            }
            List<String> kept = words.subList(0, length);
            Sample cut = encode(spec, length, Arrays.copyOf(v, 2 * length), Arrays.copyOf(classes, length), kept);
            one.learn(clean, cut);
            other.learn(padded, encode(spec, length, garbage, wrong, words));
        }
        assertThat(LearnerTest.bytes(padded)).as("seed %d", SEED).isEqualTo(LearnerTest.bytes(clean));
        assertThat(clean.updates()).isEqualTo(33);
    }

    private static Sample encode(ModelSpec spec, int length, float[] v, float[] classes, List<String> words)
            throws InvalidSampleException {
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        row.clear();
        row.number(layout.number("w"), 1);
        row.number(layout.number("n"), length);
        row.copyText(layout.text("t"), String.join(" ", words));
        System.arraycopy(v, 0, row.vector(layout.vector("v"), v.length), 0, v.length);
        System.arraycopy(classes, 0, row.vector(layout.vector("y"), classes.length), 0, classes.length);
        return new FeatureEncoder(spec, layout).encode(row, 0, 0);
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_snapshot_predicts_the_same_bits_as_the_learner(List<String> model) {
        ModelSpec spec = spec(model, "rmsprop", 1);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (Sample sample : SequenceCases.samples(spec, 100, SEED)) {
            float[] served = new Predictor(learner.snapshot(state, "")).predict(sample);
            learner.learn(state, sample);
            assertThat(served).hasSize(sample.label().length * spec.outputs());
            assertThat(served).as("seed %d", SEED).isEqualTo(Arrays.copyOf(learner.lastPrediction(), served.length));
        }
    }

    /** Each class is the previous word, which the step itself does not contain. */
    @Test
    void a_recurrent_cell_remembers_earlier_steps() {
        double recurrent = accuracyOfRecalling("cell: gru, hidden: 16, embedding: 4");
        double perStep = accuracyOfRecalling("cell: dense, hidden: 16, embedding: 4");
        assertThat(recurrent).as("seed %d", SEED).isGreaterThan(0.95);
        assertThat(perStep).as("seed %d", SEED).isLessThan(0.55);
    }

    /** Returns the progressive accuracy over the last tenth of a stream. */
    private static double accuracyOfRecalling(String model) {
        ModelSpec spec = spec(List.of("tokens: [t], hashBits: 3", model), "rmsprop", 8);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        SplittableRandom random = new SplittableRandom(SEED);
        int count = 4000;
        for (int i = 0; i < count; i++) {
            if (i == count - count / 10) {
                learner.nextWindow(state);
            }
            int steps = random.nextInt(3, 6);
            int[] words = random.ints(steps, 1, 4).toArray();
            float[] ones = new float[steps];
            Arrays.fill(ones, 1);
            float[] before = new float[steps];
            for (int t = 1; t < steps; t++) {
                before[t] = words[t - 1] - 1;
            }
            int[] noEnds = {};
            learner.learn(
                    state,
                    new Sample(
                            new Sample.Features(new double[0], new float[0], words, noEnds, ones),
                            before,
                            1,
                            false,
                            new Sample.Position(0, i, i, 0)));
        }
        return state.window().metrics().get(Metric.ACCURACY);
    }

    private static LearnerState learn(ModelSpec spec, LearnerState state, List<Sample> samples) {
        Learner learner = new Learner(spec);
        for (Sample sample : samples) {
            learner.learn(state, sample);
            assertThat(learner.rejections().count()).isZero();
        }
        return state;
    }
}
