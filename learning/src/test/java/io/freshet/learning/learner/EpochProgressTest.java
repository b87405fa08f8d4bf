package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.model.Weights;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a held-out sample that is learned, a split that changes between epochs, and a run that continues after an early stop. */
public class EpochProgressTest {
    private static final long SEED = 20260203;

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.1, 0.5})
    void holds_out_the_configured_share_and_the_same_samples_in_every_epoch(double share)
            throws InvalidSampleException {
        ModelSpec spec = spec("holdout: " + share);
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Row row = new Row(layout);
        int count = 100_000;
        int held = 0;
        for (int i = 0; i < count; i++) {
            boolean first = encode(encoder, layout, row, "trip-" + i, 0, 0).holdout();
            held += first ? 1 : 0;
            if (i % 10 == 0) {
                assertThat(encode(encoder, layout, row, "trip-" + i, 3, i).holdout())
                        .as("id %d in another epoch, at another offset", i)
                        .isEqualTo(first);
            }
        }
        double sigma = Math.sqrt(count * share * (1 - share));
        assertThat((double) held).isCloseTo(count * share, within(3 * sigma));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void held_out_samples_change_no_parameter_moment_or_count(int batch) {
        ModelSpec spec = spec("batch: {size: " + batch + "}", "holdout: 0.5", "features: {numeric: [a]}");
        Learner learner = new Learner(spec);
        LearnerState with = learner.start();
        LearnerState without = learner.start();
        SplittableRandom random = new SplittableRandom(SEED);
        int held = 0;
        for (int i = 0; i < 200; i++) {
            Sample sample = sample(random.nextDouble(-2, 5), random.nextDouble(), random.nextBoolean(), 0, i);
            held += sample.holdout() ? 1 : 0;
            learner.learn(with, sample);
            if (!sample.holdout()) {
                learner.learn(without, sample);
            }
        }
        assertThat(with.weights()).isEqualTo(without.weights());
        assertThat(with.moments()).isEqualTo(without.moments());
        assertThat(with.samples()).isEqualTo(without.samples());
        assertThat(with.updates()).isEqualTo(without.updates());
        assertThat(with.total().sums()).isEqualTo(without.total().sums());
        assertThat(with.pending().size()).isEqualTo(without.pending().size());
        assertThat(with.epochProgress().holdout().samples()).isEqualTo(held).isPositive();
        assertThat(without.epochProgress().holdout().samples()).isZero();
    }

    /** With dropout, early stopping would otherwise compare partial networks. */
    @Test
    void samples_that_are_only_scored_are_predicted_without_dropout() {
        String net = "model: {type: mlp, hidden: [20], dropout: 0.5}";
        Learner learner = new Learner(spec(net, "holdout: 0.5"));
        LearnerState state = learner.start();
        for (int i = 0; i < 20; i++) {
            learner.learn(state, sample(i % 5 - 2, i % 3, false, 0, i));
        }
        Predictor predictor = new Predictor(learner.snapshot(state, ""));
        Sample held = sample(1.5, 2, true, 0, 20);
        learner.learn(state, held);
        assertThat(learner.lastPrediction()).isEqualTo(predictor.predict(held));

        Learner frozen = new Learner(spec(net, "frozen: true"));
        Sample scored = sample(-1.5, 2, false, 0, 21);
        frozen.learn(state, scored);
        assertThat(frozen.lastPrediction()).isEqualTo(predictor.predict(scored));
    }

    /** A record kept with probability 1/2 has weight 2. */
    @Test
    void a_record_kept_with_probability_r_has_weight_1_over_r() throws InvalidSampleException {
        ModelSpec spec = spec("samplingRate: kept", "weight: w");
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        for (double rate : new double[] {1, 0.5, 0.01, 1e-6}) {
            for (double weight : new double[] {1, 3, 0}) {
                Row row = new Row(layout);
                fill(row, layout, "x");
                row.number(layout.numbers().indexOf("kept"), rate);
                row.number(layout.numbers().indexOf("w"), weight);
                assertThat(encoder.encode(row, 0, 0).weight())
                        .as("rate %s, weight %s", rate, weight)
                        .isEqualTo((float) (weight / rate));
            }
        }
        Learner learner = new Learner(spec("batch: {size: 3}"));
        Learner two = new Learner(spec("batch: {size: 2}"));
        LearnerState all = learner.start();
        LearnerState kept = two.start();
        learner.learn(all, weighted(1, 2, 1));
        learner.learn(all, weighted(1, 2, 1));
        learner.learn(all, weighted(3, 1, 1));
        two.learn(kept, weighted(1, 2, 2));
        two.learn(kept, weighted(3, 1, 1));
        assertThat(kept.weights()).isEqualTo(all.weights());
        assertThat(kept.total().metrics().loss())
                .isEqualTo(all.total().metrics().loss());
    }

    @Test
    void stops_after_patience_epochs_without_improvement_and_stays_stopped() throws IOException {
        ModelSpec spec = spec("holdout: 0.5", "earlyStopping: {patience: 2}", "epochs: 20");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        // Holdout losses by epoch: 4, 1, 1, 1, ...; the third is the first without improvement.
        double[] heldOut = {2, 1, 1, 1, 1, 1};
        for (int epoch = 0; epoch < heldOut.length; epoch++) {
            boolean expected = epoch > 3;
            Weights before = state.weights().copy();
            learner.learn(state, sample(0, heldOut[epoch], true, epoch, 0));
            assertThat(state.epochProgress().stopped()).as("epoch %d", epoch).isEqualTo(expected);
            assertThat(state.epochProgress().epoch()).as("the learned epoch").isEqualTo(Math.min(epoch, 3));
            if (!expected) {
                assertThat(state.weights()).isEqualTo(before);
                learner.learn(state, sample(1, 0, false, epoch, 1));
                assertThat(state.samples()).isEqualTo(epoch + 1);
            }
        }
        byte[] stopped = LearnerTest.bytes(state);
        LearnerState restored = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stopped)));
        for (int i = 0; i < 10; i++) {
            Sample sample = sample(i, 5, i % 3 == 0, 5, i);
            new Learner(spec).learn(restored, sample);
            state.lineage().received(spec.hash(), state.samples(), sample.partition(), sample.offset(), false);
        }
        assertThat(LearnerTest.bytes(restored))
                .as("skipped after a restart, and counted")
                .isEqualTo(LearnerTest.bytes(state));
    }

    @Test
    void a_copy_has_the_same_progress() {
        Learner learner = new Learner(spec("holdout: 0.5", "earlyStopping: {patience: 2}", "epochs: 9"));
        LearnerState state = learner.start();
        for (int epoch = 0; epoch < 3; epoch++) {
            learner.learn(state, sample(0, 1, true, epoch, 0));
        }
        assertThat(state.epochProgress().bestLoss()).isEqualTo(1);
        assertThat(state.epochProgress().epochsWithoutImprovement()).isEqualTo(1);
        assertThat(LearnerTest.bytes(state.copy())).isEqualTo(LearnerTest.bytes(state));
    }

    @ParameterizedTest
    @CsvSource({"0, false", "0.5, true"})
    void an_improvement_must_reach_the_minimum(double minimum, boolean stops) {
        ModelSpec spec =
                spec("holdout: 0.5", "earlyStopping: {patience: 1, minimumImprovement: " + minimum + "}", "epochs: 9");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (int epoch = 0; epoch < 3; epoch++) {
            learner.learn(state, sample(0, 1 - 0.125 * epoch, true, epoch, 0));
        }
        assertThat(state.epochProgress().stopped()).isEqualTo(stops);
    }

    @Test
    void a_partial_batch_is_learned_at_the_end_of_the_epoch() {
        Learner learner = new Learner(spec("batch: {size: 4}", "epochs: 2"));
        LearnerState state = learner.start();
        for (int i = 0; i < 6; i++) {
            learner.learn(state, sample(i, 1, false, 0, i));
        }
        assertThat(state.updates()).isEqualTo(1);
        assertThat(state.pending().size()).isEqualTo(2);

        learner.learn(state, sample(0, 1, false, 1, 0));

        assertThat(state.updates()).isEqualTo(2);
        assertThat(state.samples()).isEqualTo(6);
        assertThat(state.pending().size()).as("the first of the next epoch").isEqualTo(1);
        assertThat(state.epochProgress().epoch()).isEqualTo(1);
    }

    @Test
    void an_epoch_whose_holdout_has_no_weight_is_not_compared() {
        Learner learner = new Learner(spec("holdout: 0.5", "earlyStopping: {patience: 1}", "epochs: 9"));
        LearnerState state = learner.start();
        for (int epoch = 0; epoch < 5; epoch++) {
            learner.learn(state, held(2, 0, epoch));
            learner.learn(state, sample(1, 1, false, epoch, 1));
        }
        assertThat(state.epochProgress().bestLoss()).isInfinite();
        assertThat(state.samples()).isEqualTo(5);
    }

    @Test
    void rejects_a_held_out_sample_whose_loss_is_not_finite() {
        Learner learner = new Learner(spec("holdout: 0.5"));
        LearnerState state = learner.start();
        state.weights().array()[1] = 1e30f;
        learner.learn(state, held(1e30, 1, 0));
        assertThat(learner.rejections().count()).isEqualTo(1);
        assertThat(state.rejected()).isEqualTo(1);
        assertThat(state.epochProgress().holdout().samples()).isZero();
    }

    private static Sample held(double x, float weight, int epoch) {
        return sample(x, 1, weight, true, epoch, 0);
    }

    private static Sample encode(FeatureEncoder encoder, RowLayout layout, Row row, String id, int epoch, long offset)
            throws InvalidSampleException {
        row.clear();
        fill(row, layout, id);
        row.epoch(epoch);
        return encoder.encode(row, 0, offset);
    }

    private static void fill(Row row, RowLayout layout, String id) {
        row.number(layout.numbers().indexOf("a"), 1);
        row.number(layout.numbers().indexOf("y"), 1);
        row.id(id);
    }

    static ModelSpec spec(String... lines) {
        String more = String.join("\n", lines);
        return ModelSpec.parse(
                """
                name: m
                label: y
                loss: mean-squared-error
                optimizer: {type: sgd, learningRate: 0.0625}
                """ + (more.contains("features") ? "" : "features: {numeric: [a], standardize: false}\n") + more);
    }

    static Sample sample(double x, double y, boolean holdout, int epoch, long offset) {
        return sample(x, y, 1, holdout, epoch, offset);
    }

    private static Sample sample(double x, double y, float weight, boolean holdout, int epoch, long offset) {
        return new Sample(
                new Sample.Features(new double[] {x}, new float[0], new int[0], new int[0], new float[0]),
                new float[] {(float) y},
                weight,
                holdout,
                new Sample.Position(0, offset, offset, epoch));
    }

    private static Sample weighted(double x, double y, float weight) {
        return Sample.of(
                new double[] {x}, new int[0], new float[0], (float) y, weight, new Sample.Position(0, 0, 0, 0));
    }
}
