package io.freshet.learning.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.RandomSamples;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.LearnerStateCodec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Would catch a prediction limited by its own label, or by a label that was not learned; limits that change what is learned, or that a
 * checkpoint, revert, snapshot, warm start, or change of features loses; and a server that predicts otherwise than the learner.
 */
class ClampTest {
    private static final long SEED = 20261130;
    private static final double[] UNLIMITED = {-Double.MAX_VALUE, Double.MAX_VALUE};

    @ParameterizedTest
    @CsvSource({
        "mean-squared-error,1,scale-free,1",
        "mean-squared-error,1,scale-free,3",
        "mean-squared-error,2,scale-free,1",
        "mean-squared-error,1,'{type: sgd, learningRate: 0.1}',1",
        "mean-squared-error,3,'{type: adagrad, learningRate: 5}',4",
        "poisson,1,scale-free,1",
        "poisson,2,scale-free,1",
        "poisson,2,'{type: adagrad, learningRate: 1}',4",
    })
    void predictions_stay_within_the_labels_learned_before(String loss, int outputs, String optimizer, int batch) {
        ModelSpec spec = spec(loss, outputs, "optimizer: " + optimizer + ", batch: " + batch + ", clamp: labels");
        ModelSpec free = spec(loss, outputs, "optimizer: " + optimizer + ", batch: " + batch + ", clamp: none");
        Learner learner = new Learner(spec);
        Learner other = new Learner(free);
        LearnerState state = learner.start();
        LearnerState unlimited = other.start();
        double[] range = Clamp.NO_LABELS;
        List<float[]> pending = new ArrayList<>();
        int limited = 0;
        for (Sample sample : samples(spec, 300)) {
            learner.learn(state, sample);
            other.learn(unlimited, sample);
            boolean isLearned = sample.weight() > 0 && !sample.holdout();
            if (isLearned) {
                pending.add(sample.label());
            }
            if (!isLearned || pending.size() == batch) {
                float[] predicted = learner.lastPrediction();
                float[] before = other.lastPrediction();
                for (int k = 0; k < outputs; k++) {
                    float expected = before[k];
                    if (range.length > 0) {
                        expected = Math.max((float) range[2 * k], Math.min((float) range[2 * k + 1], before[k]));
                    }
                    assertThat(predicted[k]).isEqualTo(expected);
                    limited += predicted[k] == before[k] ? 0 : 1;
                }
            }
            if (pending.size() == batch) {
                for (float[] label : pending) {
                    range = Clamp.widen(range, label, 0, outputs);
                }
                pending.clear();
            }
            assertThat(state.labelRange()).containsExactly(range);
        }

        assertThat(limited).as("limited predictions").isGreaterThan(2);
        assertThat(state.rejected()).isZero();
        assertThat(state.weights()).isEqualTo(unlimited.weights());
        assertThat(state.updateMemory()).isEqualTo(unlimited.updateMemory());
        assertThat(unlimited.labelRange()).isEmpty();
        assertThat(state.total().loss()).isLessThan(unlimited.total().loss());
        if (loss.equals("mean-squared-error")) {
            assertLossOfPredictions(state.total());
            assertLossOfPredictions(state.epochProgress().holdout());
        }
    }

    private static void assertLossOfPredictions(Tally tally) {
        double rootMeanSquare = tally.metrics().get(Metric.RMSE);
        assertThat(tally.loss()).isCloseTo(rootMeanSquare * rootMeanSquare, within(1e-9 * tally.loss()));
    }

    /** Half of the model's samples have labels beyond any other, but are held out, weigh nothing, or overflow. */
    @Test
    void labels_that_are_not_learned_do_not_widen_the_range() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [a], standardize: false},"
                + " loss: mean-squared-error, clamp: labels, optimizer: {type: sgd, learningRate: 0.01}}");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        learner.learn(state, sample(1, -2, 1, false));
        learner.learn(state, sample(1, 7, 1, false));
        learner.learn(state, sample(1, 900, 0, false));
        learner.learn(state, sample(1, -900, 1, true));
        learner.learn(state, sample(3e38, 500, 1, false));

        assertThat(state.rejected()).isEqualTo(1);
        assertThat(state.labelRange()).containsExactly(-2, 7);
    }

    @Test
    void counts_of_zero_are_no_upper_limit() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [a], standardize: false},"
                + " loss: poisson, optimizer: scale-free}");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        learner.learn(state, sample(1, 0, 1, false));
        learner.learn(state, sample(1, 0, 1, false));
        learner.learn(state, sample(1, 6, 1, false));
        assertThat(learner.lastPrediction()[0]).isPositive();
        learner.learn(state, sample(9, 1, 1, false));

        assertThat(learner.lastPrediction()[0]).isEqualTo(6);
        assertThat(state.rejected()).isZero();
        assertThat(state.total().loss()).isFinite();
    }

    @ParameterizedTest
    @CsvSource({"mean-squared-error,scale-free", "poisson,scale-free", "poisson,sgd"})
    void a_restored_state_and_a_snapshot_predict_the_bits_of_the_learner(String loss, String optimizer)
            throws IOException {
        ModelSpec spec = spec(loss, 2, "optimizer: " + optimizer + ", clamp: labels");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (Sample sample : samples(spec, 80)) {
            LearnerState restored = restored(state);
            LearnerState copy = state.copy();
            Snapshot snapshot = learner.snapshot(state, "");
            double[] before = state.labelRange().clone();
            learner.learn(state, sample);
            float[] prediction = learner.lastPrediction();
            assertThat(copy.labelRange()).as("shares nothing").containsExactly(before);
            assertThat(snapshot.labelRange()).as("shares nothing").containsExactly(before);
            assertThat(new Predictor(snapshot).predict(sample)).containsExactly(prediction);
            Scorer scorer = new Scorer(spec);
            assertThat(scorer.predict(snapshot, List.of(sample))[0]).containsExactly(prediction);
            learner.learn(restored, sample);
            assertThat(bytes(restored)).isEqualTo(bytes(state));
            if (sample.weight() > 0 && !sample.holdout() && before.length > 0) {
                Learner alone = new Learner(spec);
                LearnerState scored = restored(copy);
                double total = scored.total().loss() * scored.total().weight();
                alone.learn(scored, sample);
                double after = scored.total().loss() * scored.total().weight();
                assertThat(scorer.tally().loss() * sample.weight())
                        .isCloseTo(after - total, within(1e-6 * (1 + after)));
            }
        }
    }

    @Test
    void a_revert_restores_the_range() throws IOException {
        ModelSpec spec = ModelSpec.parse(
                "{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error,"
                        + " clamp: labels, optimizer: {type: sgd, learningRate: 0.01}, evaluation: {window: 50}, onDivergence: revert}");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (int i = 0; i < 1000; i++) {
            learner.learn(state, sample(i % 7, i % 5, 1, false));
            if (state.window().samples() == 50) {
                learner.nextWindow(state);
            }
        }
        for (int i = 0; i < 50; i++) {
            learner.learn(state, sample(i % 7, i % 5 + 1e6, 1, false));
        }
        assertThat(state.labelRange()).containsExactly(0, 1_000_004);
        state = restored(state);
        learner.nextWindow(state);

        assertThat(state.lineage().undone()).hasSize(1);
        assertThat(state.labelRange()).containsExactly(0, 4);
        learner.learn(state, sample(1, 9, 1, false));
        assertThat(state.lastGood().labelRange()).as("shares nothing").containsExactly(0, 4);
    }

    @Test
    void a_warm_start_brings_its_range() {
        ModelSpec spec = spec("mean-squared-error", 1, "optimizer: scale-free");
        ModelSpec free = spec("mean-squared-error", 1, "optimizer: sgd");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        samples(spec, 30).forEach(sample -> learner.learn(state, sample));
        double[] range = state.labelRange().clone();
        WarmStart limits = WarmStart.of(List.of(learner.snapshot(state, "")));
        WarmStart none = WarmStart.of(List.of(new Learner(free).snapshot(state, "")));

        assertThat(limits.warmStart().checksum()).isNotEqualTo(none.warmStart().checksum());
        Learner started = new Learner(spec, limits);
        LearnerState fresh = started.start();
        started.rebase(fresh, "");
        assertThat(fresh.labelRange())
                .containsExactly(range)
                .isNotSameAs(limits.of("", true).labelRange());
        assertThat(state.labelRange()).containsExactly(range);
        new Learner(spec, none).rebase(state, "");
        assertThat(state.labelRange()).as("of other parameters").containsExactly(UNLIMITED);
    }

    /** Would stop a model of counts: the mean of a label below 0 has no logit. */
    @ParameterizedTest
    @CsvSource({"poisson,1", "mean-squared-error,2"})
    void a_range_of_other_labels_is_not_taken_over(String loss, int outputs) {
        String text = "{name: m, label: %s, outputs: " + outputs
                + ", features: {numeric: [a], standardize: false}, loss: %s, optimizer: scale-free}";
        ModelSpec from = ModelSpec.parse(text.formatted(outputs == 1 ? "y" : "[y, z]", "mean-squared-error"));
        Learner first = new Learner(from);
        LearnerState other = first.start();
        first.learn(other, sample(0, outputs, -5));
        first.learn(other, sample(0, outputs, 10));
        assertThat(other.labelRange()).startsWith(-5, 10);

        ModelSpec spec = ModelSpec.parse(text.formatted(outputs == 1 ? "y" : "[z, y]", loss));
        Learner learner = new Learner(spec, WarmStart.of(List.of(first.snapshot(other, ""))));
        LearnerState state = learner.start();
        learner.rebase(state, "");
        assertThat(state.labelRange()).hasSize(2 * outputs).containsOnly(UNLIMITED);
        for (int i = 0; i < 50; i++) {
            learner.learn(state, sample(1, outputs, 40));
        }
        assertThat(state.rejected()).isZero();
        assertThat(state.total().loss()).isFinite();
        assertThat(learner.lastPrediction()[0]).isGreaterThan(10);
    }

    /** Some keys may not have switched to the newest loss yet. */
    @Test
    void each_key_brings_a_range_of_its_own_loss() {
        String text = "{name: m, key: k, label: y, features: {numeric: [a]}, loss: %s, optimizer: scale-free}";
        ModelSpec counts = ModelSpec.parse(text.formatted("poisson"));
        List<Snapshot> snapshots = new ArrayList<>();
        for (ModelSpec spec : List.of(counts, ModelSpec.parse(text.formatted("mean-squared-error")))) {
            Learner learner = new Learner(spec);
            LearnerState state = learner.start();
            learner.learn(state, sample(1, 5, 1, false));
            snapshots.add(learner.snapshot(state, spec.loss().name()));
        }
        Learner learner = new Learner(counts, WarmStart.of(snapshots));
        LearnerState same = learner.start();
        learner.rebase(same, "poisson");
        LearnerState other = learner.start();
        learner.rebase(other, "mean-squared-error");
        assertThat(same.labelRange()).containsExactly(5, 5);
        assertThat(other.labelRange()).containsExactly(UNLIMITED);
    }

    /** Would serve the first label for every record, until others have widened the range. */
    @Test
    void parameters_that_have_learned_unknown_labels_are_not_limited() throws IOException {
        String text = "{name: m, label: y, features: {numeric: [%s], standardize: false}, loss: mean-squared-error,"
                + " clamp: %s, optimizer: {type: sgd, learningRate: 0.01}}";
        ModelSpec few = ModelSpec.parse(text.formatted("a", "labels"));
        ModelSpec free = ModelSpec.parse(text.formatted("a", "none"));
        ModelSpec more = ModelSpec.parse(text.formatted("a, b", "labels"));
        Learner source = new Learner(free);
        LearnerState prices = source.start();
        for (int i = 0; i < 2000; i++) {
            source.learn(prices, sample(i % 10, 400 + 2000 * (i % 10), 1, false));
        }
        WarmStart none = WarmStart.of(List.of(source.snapshot(prices, "")));
        Learner learner = new Learner(few, none);
        LearnerState fresh = learner.start();
        learner.rebase(fresh, "");
        LearnerState running = learner.start();
        new Learner(few).learn(running, sample(1, 7, 1, false));
        learner.rebase(running, "");
        LearnerState turnedOn = prices;
        for (LearnerState state : List.of(fresh, running, turnedOn)) {
            learner.learn(state, sample(0, 500, 1, false));
            assertServesUnlimited(learner, state);
            assertServesUnlimited(learner, restored(state));
            LearnerState changed = new Learner(more, null, List.of(few)).changeFeatures(state.copy(), few.stateHash());
            assertThat(changed.labelRange()).containsExactly(UNLIMITED);
            Learner next = new Learner(few, WarmStart.of(List.of(learner.snapshot(state, ""))));
            LearnerState later = next.start();
            next.rebase(later, "");
            next.learn(later, sample(0, 500, 1, false));
            assertServesUnlimited(next, later);
        }
    }

    private static void assertServesUnlimited(Learner learner, LearnerState state) {
        Snapshot snapshot = learner.snapshot(state, "");
        assertThat(snapshot.labelRange()).containsExactly(UNLIMITED);
        assertThat(new Predictor(snapshot).predict(sample(9, 0, 1, false))[0]).isBetween(17_000f, 19_000f);
    }

    /** Parameters of the start have learned no label, unlike those of a warm start. */
    @Test
    void a_reset_begins_a_range() {
        ModelSpec spec = ModelSpec.parse(
                "{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error,"
                        + " clamp: labels, optimizer: {type: sgd, learningRate: 0.01}, evaluation: {window: 50}, onDivergence: reset}");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (int i = 0; i < 1050; i++) {
            learner.learn(state, sample(i % 7, i < 1000 ? i % 5 : 1e6, 1, false));
            if (state.window().samples() == 50) {
                learner.nextWindow(state);
            }
        }
        assertThat(state.lineage().undone()).hasSize(1);
        learner.learn(state, sample(1, 3, 1, false));
        assertThat(state.labelRange()).containsExactly(3, 3);
    }

    @Test
    void a_change_of_clamp_or_features_keeps_the_range() {
        String more = "{name: m, label: y, features: {numeric: [a, b]}, loss: mean-squared-error, clamp: %s}";
        ModelSpec few = ModelSpec.parse(more.formatted("labels").replace(", b", ""));
        ModelSpec wider = ModelSpec.parse(more.formatted("labels"));
        ModelSpec off = ModelSpec.parse(more.formatted("none"));
        assertThat(off.stateHash()).isEqualTo(wider.stateHash());
        assertThat(off.hash()).isNotEqualTo(wider.hash());
        LearnerState state = new Learner(few).start();
        new Learner(few).learn(state, sample(1, 5, 1, false));

        Learner changed = new Learner(wider, null, List.of(few));
        LearnerState after = changed.changeFeatures(state, few.stateHash());

        assertThat(after.labelRange()).containsExactly(5, 5);
        assertThat(changed.snapshot(after, "").labelRange()).containsExactly(5, 5);
        assertThat(new Learner(off).snapshot(after, "").labelRange()).isEmpty();
    }

    /** Would limit predictions to 10 where labels of 1,000 were learned. */
    @Test
    void a_range_that_missed_labels_limits_nothing() {
        String text = "{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error,"
                + " optimizer: {type: sgd, learningRate: 0.01}, clamp: %s, batch: {size: %d}}";
        for (int size : new int[] {1, 2}) {
            Learner on = new Learner(ModelSpec.parse(text.formatted("labels", size)));
            Learner off = new Learner(ModelSpec.parse(text.formatted("none", size)));
            LearnerState state = on.start();
            for (int i = 0; i <= 10; i++) {
                on.learn(state, sample(i, i, 1, false));
            }
            on.finish(state, () -> {});
            off.learn(state, sample(5, 1000, 0, false));
            assertThat(state.labelRange()).as("nothing was learned").containsExactly(0, 10);
            off.learn(state, sample(5, 1000, 1, false));
            off.learn(state, sample(6, 1000, 1, false));
            on.learn(state, sample(5, 5, 0, false));
            assertThat(state.labelRange()).containsExactly(UNLIMITED);
        }
    }

    /** Its parameters learned labels that nobody knows, so the next one must not be the only prediction. */
    @Test
    void a_warm_start_without_limits_is_not_limited_later() {
        String text = "{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error,"
                + " optimizer: {type: sgd, learningRate: 0.01}, clamp: %s}";
        Learner off = new Learner(ModelSpec.parse(text.formatted("none")));
        LearnerState from = off.start();
        off.learn(from, sample(1, 40, 1, false));
        Learner started = new Learner(off.spec(), WarmStart.of(List.of(off.snapshot(from, ""))));
        LearnerState state = started.start();
        started.rebase(state, "");
        Learner on = new Learner(ModelSpec.parse(text.formatted("labels")));

        on.learn(state, sample(1, 7, 1, false));

        assertThat(state.labelRange()).containsExactly(UNLIMITED);
    }

    @Test
    void labels_clamp_by_default_if_the_optimizer_looks_ahead() {
        String text = "{name: m, label: y, features: {numeric: [a]}, loss: %s, optimizer: %s%s}";
        assertThat(clamps(text.formatted("mean-squared-error", "scale-free", "")))
                .isTrue();
        assertThat(clamps(text.formatted("poisson", "scale-free", ""))).isTrue();
        assertThat(clamps(text.formatted("binary-cross-entropy", "scale-free", "")))
                .isFalse();
        assertThat(clamps(text.formatted("mean-squared-error", "sgd", ""))).isFalse();
        ModelSpec byDefault = ModelSpec.parse(text.formatted("poisson", "scale-free", ""));
        assertThat(byDefault.toYaml()).contains("clamp: labels");
        ModelSpec off = ModelSpec.parse(text.formatted("poisson", "scale-free", ", clamp: none"));
        assertThat(off.toYaml()).contains("clamp: none");
        assertThat(ModelSpec.parse(off.toYaml())).isEqualTo(off);
        ModelSpec on = ModelSpec.parse(text.formatted("poisson", "adam", ", clamp: labels"));
        assertThat(on.toYaml()).contains("clamp: labels");
        assertThat(ModelSpec.parse(on.toYaml())).isEqualTo(on);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "loss: huber | loss huber predicts no mean of labels",
                "loss: poisson, replicas: 2 | replicas do not merge ranges of labels",
                "loss: poisson, optimizer: lbfgs, batch: full | optimizer lbfgs minimizes the loss that it reports",
            })
    void what_cannot_be_limited_is_refused(String rest, String since) {
        String yaml = "{name: m, label: y, features: {numeric: [a]}, clamp: labels, " + rest + "}";
        assertThatThrownBy(() -> ModelSpec.parse(yaml))
                .isInstanceOf(SpecException.class)
                .hasMessage("clamp: labels (expected: none, since " + since + ")");
    }

    @Test
    void ranges_that_would_fill_a_snapshot_are_refused() {
        String yaml = "{name: m, label: y, features: {numeric: [a]}, loss: poisson, optimizer: scale-free,"
                + " outputs: 40000%s}";
        assertThatThrownBy(() -> ModelSpec.parse(yaml.formatted(", clamp: labels")))
                .isInstanceOf(SpecException.class)
                .hasMessage("clamp: labels (expected: none with 40000 outputs, whose ranges of labels would be in every"
                        + " snapshot)");
        assertThat(clamps(yaml.formatted(""))).as("by default").isFalse();
    }

    private static boolean clamps(String yaml) {
        ModelSpec spec = ModelSpec.parse(yaml);
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        return spec.clamps();
    }

    private static ModelSpec spec(String loss, int outputs, String rest) {
        String label = List.of("y", "[x, y]", "[x, y, z]").get(outputs - 1);
        return ModelSpec.parse("{name: m, label: " + label + ", outputs: " + outputs
                + ", features: {numeric: [a, b], standardize: false, categorical: [c], hashBits: 3}, holdout: 0.1, loss: "
                + loss + ", " + rest + "}");
    }

    /** Labels grow, so that predictions run ahead of them. Every seventh sample is held out. */
    private static List<Sample> samples(ModelSpec spec, int count) {
        List<Sample> samples = new ArrayList<>();
        for (Sample sample : RandomSamples.of(spec, count, SEED)) {
            double trend = samples.size() / (double) count;
            double[] numbers = {trend, (sample.numeric()[1] - 100) / 4};
            float[] label = sample.label().clone();
            for (int k = 0; k < label.length; k++) {
                label[k] = (float) (label[k] / 10 + 10 * trend);
            }
            samples.add(new Sample(
                    new Sample.Features(numbers, new float[0], sample.rows(), new int[0], sample.values()),
                    label,
                    sample.weight(),
                    samples.size() % 7 == 6,
                    new Sample.Position(0, samples.size(), 0, 0)));
        }
        return samples;
    }

    private static Sample sample(double a, int outputs, float label) {
        float[] labels = new float[outputs];
        Arrays.fill(labels, label);
        return sample(a, labels, 1, false);
    }

    private static Sample sample(double a, double label, float weight, boolean holdout) {
        return sample(a, new float[] {(float) label}, weight, holdout);
    }

    private static Sample sample(double a, float[] label, float weight, boolean holdout) {
        return new Sample(
                new Sample.Features(new double[] {a}, new float[0], new int[0], new int[0], new float[0]),
                label,
                weight,
                holdout,
                new Sample.Position(0, 0, 0, 0));
    }

    private static byte[] bytes(LearnerState state) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LearnerStateCodec.write(state, new DataOutputStream(out));
        return out.toByteArray();
    }

    private static LearnerState restored(LearnerState state) throws IOException {
        return LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(bytes(state))));
    }
}
