package io.freshet.learning.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.model.Network;
import io.freshet.learning.model.Parameters;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch stale scratch space, a slice that starts or ends at the wrong sample, and a sequence cut at the length of
 * another.
 */
class PredictorTest {
    private static final int SAMPLES = 2 * Network.MAXIMUM_SAMPLES + 3;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{name: m, label: y, loss: sparse-categorical-cross-entropy, outputs: 3,"
                        + " features: {numeric: [a, b], dense: [{field: v, length: 4, standardize: true}]}}",
                "{name: m, label: [y, z], loss: mean-squared-error, outputs: 2, model: {type: factorization-machine},"
                        + " features: {numeric: [a, b], dense: [{field: v, length: 4}]}}"
            })
    void a_table_predicts_the_same_bits_for_a_sample_alone_and_in_a_batch(String yaml) {
        ModelSpec spec = ModelSpec.parse(yaml);
        List<Sample> samples = samples(spec, 1);
        Predictor predictor = learned(spec, samples);

        float[][] together = predictor.predict(samples);

        assertThat(together).hasDimensions(SAMPLES, spec.outputs());
        for (int i = 0; i < SAMPLES; i++) {
            assertThat(together[i]).as("sample %d", i).containsExactly(predictor.predict(samples.get(i)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{name: m, label: y, loss: mean-squared-error,"
                        + " features: {numeric: [a, b], categorical: [c, d], hashBits: 16}}",
                "{name: m, label: y, loss: sparse-categorical-cross-entropy, outputs: 3,"
                        + " features: {numeric: [a, b], categorical: [c, d], hashBits: 15}}",
                "{name: m, label: y, loss: mean-squared-error, model: {type: factorization-machine, rank: 5},"
                        + " features: {numeric: [a, b], categorical: [c, d], hashBits: 14}}"
            })
    void a_table_in_blocks_predicts_the_same_bits_as_in_one_array(String yaml) {
        ModelSpec spec = ModelSpec.parse(yaml);
        StateLayout layout = spec.model().layout(spec.inputShape(), spec.outputs(), 0);
        Random random = new Random(7);
        float[] all = new float[spec.parameterCount()];
        for (int i = 0; i < all.length; i++) {
            all[i] = random.nextFloat(-1, 1);
        }
        float[][] blocks = new float[layout.blocks()][];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Arrays.copyOfRange(all, layout.blockStart(i), layout.blockEnd(i));
        }
        double[] moments = spec.features().standardizer().start();
        List<Sample> samples = hashed(spec, random);
        Snapshot one = new Snapshot(spec, "", 1, 1, all, moments, new Lineage(), new long[0], null);
        Snapshot split = new Snapshot(
                spec,
                "",
                1,
                1,
                Parameters.ofTable(layout, blocks),
                moments,
                new Lineage(),
                new long[0],
                null,
                Clamp.NO_LABELS);

        assertThat(layout.blocks()).isGreaterThan(3);
        assertThat(split.parameters()).containsExactly(all);
        assertThat(new Predictor(split).predict(samples)).isDeepEqualTo(new Predictor(one).predict(samples));
        assertThat(new Predictor(split).predict(samples.get(3)))
                .containsExactly(new Predictor(one).predict(samples.get(3)));
    }

    private static List<Sample> hashed(ModelSpec spec, Random random) {
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            Row row = new Row(layout);
            row.number(layout.number("a"), random.nextGaussian());
            row.number(layout.number("b"), random.nextGaussian());
            row.copyText(layout.text("c"), "c" + random.nextInt(1000));
            row.copyText(layout.text("d"), "d" + random.nextInt(1000));
            try {
                samples.add(encoder.encodeFeatures(row));
            } catch (InvalidSampleException e) {
                throw new AssertionError(e);
            }
        }
        return samples;
    }

    @Test
    void a_network_predicts_the_bits_of_the_learners_batch_and_almost_those_of_single_samples() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, loss: sparse-categorical-cross-entropy, outputs: 3,"
                + " model: {type: mlp, hidden: [32, 16], dropout: 0.5}, batch: {size: 20},"
                + " features: {numeric: [a, b], standardize: false, dense: [{field: v, length: 4}]}}");
        List<Sample> samples = samples(spec, 2);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        samples.subList(0, 20).forEach(sample -> learner.learn(state, sample));
        Predictor predictor = new Predictor(learner.snapshot(state, ""));

        List<Sample> next = samples.subList(20, 40);
        float[][] batch = predictor.predict(next);
        next.forEach(sample -> learner.learn(state, sample));

        assertThat(batch[19]).containsExactly(learner.lastPrediction());
        float[][] together = predictor.predict(samples);
        for (int i = 0; i < SAMPLES; i++) {
            assertThat(together[i]).containsExactly(predictor.predict(samples.get(i)), within(1e-6f));
        }
        assertThat(predictor.predict(samples)).isDeepEqualTo(together);
    }

    @Test
    void each_sequence_has_its_own_length() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, loss: sequence-cross-entropy, outputs: 2,"
                + " model: {type: sequence, steps: 5, hidden: 4}, features: {dense: [{field: v, length: 3}]}}");
        Random random = new Random(3);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            samples.add(sample(random, 0, 3 * (1 + i % 5), new float[1 + i % 5]));
        }
        Predictor predictor = learned(spec, samples);

        float[][] together = predictor.predict(samples);

        for (int i = 0; i < 20; i++) {
            assertThat(together[i]).hasSize(2 * (1 + i % 5));
            assertThat(together[i]).containsExactly(predictor.predict(samples.get(i)), within(1e-6f));
        }
    }

    @Test
    void no_samples_give_no_predictions() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");

        assertThat(learned(spec, List.of()).predict(List.of())).isEmpty();
    }

    private static Predictor learned(ModelSpec spec, List<Sample> samples) {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        samples.forEach(sample -> learner.learn(state, sample));
        return new Predictor(learner.snapshot(state, ""), new Predictor.Shape(spec));
    }

    private static List<Sample> samples(ModelSpec spec, long seed) {
        Random random = new Random(seed);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            float[] label = new float[spec.labelLength()];
            for (int k = 0; k < label.length; k++) {
                label[k] = random.nextInt(2);
            }
            samples.add(sample(random, 2, 4, label));
        }
        return samples;
    }

    private static Sample sample(Random random, int numbers, int length, float[] label) {
        double[] numeric = random.doubles(numbers, -1, 1).toArray();
        float[] dense = new float[length];
        for (int i = 0; i < length; i++) {
            dense[i] = (float) random.nextGaussian();
        }
        return new Sample(
                new Sample.Features(numeric, dense, new int[0], new int[0], new float[0]),
                label,
                1,
                false,
                new Sample.Position(0, 0, 0, 0));
    }
}
