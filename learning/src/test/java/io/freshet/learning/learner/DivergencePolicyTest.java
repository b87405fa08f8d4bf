package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.TestSpecs;
import io.freshet.learning.evaluation.Event;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Sample;
import io.freshet.learning.model.Weights;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream with a stretch of outliers that ends in the middle of a window, compared with models that never received them. */
class DivergencePolicyTest {
    private static final long SEED = 20260717;
    private static final int SAMPLES = 3_000;
    private static final int WINDOW = 100;
    private static final int OUTLIERS = 1_500;
    private static final int OUTLIERS_END = 1_650;
    private static final int NEXT_WINDOW = 1_700;

    @ParameterizedTest
    @CsvSource({
        "linear,sgd,1,constant",
        "linear,adam,1,constant",
        "linear,adagrad,1,constant",
        "linear,scale-free,1,constant",
        "linear,normalized-adagrad,1,constant",
        "linear,adam,10,constant",
        "mlp,adam,10,constant",
        "linear,sgd,1,plateau"
    })
    void revert_continues_as_if_the_exploded_windows_were_missing(
            String model, String optimizer, int batch, String schedule) {
        ModelSpec spec = ModelSpec.parse(spec("revert", optimizer, batch)
                .toYaml()
                .replace("type: linear", "type: " + model)
                .replace("type: constant", "type: " + schedule));
        assertThat(spec.training().schedule().name()).isEqualTo(schedule);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        List<Event> events = learn(learner, state, samples());

        Learner other = new Learner(spec);
        LearnerState unaffected = other.start();
        learn(other, unaffected, samples().subList(0, OUTLIERS));
        learn(other, unaffected, samples().subList(NEXT_WINDOW, SAMPLES));

        assertThat(state.weights()).isEqualTo(unaffected.weights());
        assertThat(state.moments()).isEqualTo(unaffected.moments());
        assertThat(state.updateMemory()).isEqualTo(unaffected.updateMemory());
        assertThat(state.updates()).isEqualTo(unaffected.updates());
        assertThat(state.samples()).isEqualTo(SAMPLES);
        assertThat(state.lineage().undone()).containsExactly(new Lineage.Undone(OUTLIERS, NEXT_WINDOW));
        assertThat(events).extracting(Event::action).contains("revert");
        assertThat(events.get(0).toString())
                .startsWith("divergence at sample 1,600: loss ")
                .endsWith("; revert; offsets by partition 0: 1500..1599");
    }

    @Test
    void a_model_that_switches_to_revert_returns_to_its_state_at_the_switch() {
        Learner hold = new Learner(spec("hold", "adam", 1));
        LearnerState state = hold.start();
        learn(hold, state, samples().subList(0, OUTLIERS));
        Weights weights = state.weights().copy();
        long updates = state.updates();

        Learner revert = new Learner(spec("revert", "adam", 1));
        List<Event> events = learn(revert, state, samples().subList(OUTLIERS, OUTLIERS + WINDOW));

        assertThat(events).extracting(Event::action).contains("revert");
        assertThat(state.weights()).isEqualTo(weights);
        assertThat(state.updates()).isEqualTo(updates).isPositive();
    }

    @Test
    void reset_continues_as_if_the_model_started_there() {
        ModelSpec spec = spec("reset", "adam", 1);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        learn(learner, state, samples());

        Learner other = new Learner(spec);
        LearnerState late = other.start();
        learn(other, late, samples().subList(OUTLIERS + WINDOW, SAMPLES));

        assertThat(state.weights()).isEqualTo(late.weights());
        assertThat(state.updates()).isEqualTo(late.updates());
        assertThat(state.samples()).isEqualTo(SAMPLES);
        assertThat(state.lineage().undone()).containsExactly(new Lineage.Undone(0, OUTLIERS + WINDOW));
    }

    @Test
    void hold_keeps_learning_and_withholds_from_a_tenth_of_a_window_until_a_good_one() {
        Learner learner = new Learner(spec("hold", "sgd", 1));
        Learner none = new Learner(spec("none", "sgd", 1));
        LearnerState state = learner.start();
        LearnerState free = none.start();
        List<Integer> held = new ArrayList<>();
        List<Sample> samples = samples();
        for (int i = 0; i < SAMPLES; i++) {
            List<Event> events = learn(learner, state, samples.subList(i, i + 1));
            learn(none, free, samples.subList(i, i + 1));
            assertThat(none.isWithheld(free)).isFalse();
            assertThat(events).allMatch(event -> event.action().equals("hold"));
            if (learner.isWithheld(state)) {
                held.add(i);
            }
        }
        assertThat(held.get(0)).isEqualTo(OUTLIERS + WINDOW / 10 - 1);
        assertThat(held.get(held.size() - 1))
                .isGreaterThanOrEqualTo(NEXT_WINDOW - 1)
                .isLessThan(SAMPLES - WINDOW);
        assertThat(held).hasSize(held.get(held.size() - 1) - held.get(0) + 1);
        assertThat(state.weights()).isEqualTo(free.weights());
    }

    @ParameterizedTest
    @ValueSource(strings = {"revert", "reset"})
    void a_frozen_model_never_changes(String policy) {
        ModelSpec spec = spec(policy, "adam", 1);
        ModelSpec frozen = ModelSpec.parse(spec.toYaml().replace("frozen: false", "frozen: true"));
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        learn(learner, state, samples().subList(0, OUTLIERS - 50));
        Weights weights = state.weights().copy();

        List<Event> events = learn(new Learner(frozen), state, samples().subList(OUTLIERS - 50, SAMPLES));

        assertThat(events).extracting(Event::action).isNotEmpty().containsOnly("");
        assertThat(state.weights()).isEqualTo(weights);
        assertThat(state.lineage().undone()).isEmpty();
        assertThat(state.samples()).isEqualTo(OUTLIERS - 50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hold", "revert", "reset"})
    void a_restored_state_learns_the_same_bits(String policy) throws IOException {
        ModelSpec spec = ModelSpec.parse(spec(policy, "adam", 7).toYaml().replace("type: constant", "type: plateau"));
        List<Sample> samples = samples();
        Learner learner = new Learner(spec);
        LearnerState whole = learner.start();
        learn(learner, whole, samples);
        for (int k :
                new int[] {50, OUTLIERS - 1, OUTLIERS + 5, 1_600, 1_605, OUTLIERS_END, NEXT_WINDOW + 1, SAMPLES - 1}) {
            Learner first = new Learner(spec);
            LearnerState state = first.start();
            learn(first, state, samples.subList(0, k));
            LearnerState copy = state.copy();
            byte[] saved = LearnerTest.bytes(state);
            LearnerState restored = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(saved)));
            learn(new Learner(spec), restored, samples.subList(k, SAMPLES));
            learn(first, copy, samples.subList(k, SAMPLES));
            assertThat(LearnerTest.bytes(restored))
                    .as("%s, seed %d, restored at %d", policy, SEED, k)
                    .isEqualTo(LearnerTest.bytes(whole));
            assertThat(LearnerTest.bytes(copy)).as("copied").isEqualTo(LearnerTest.bytes(whole));
        }
    }

    /** After a nearly zero loss, a common loss is an alarm, but the model is not withheld. */
    @Test
    void a_loss_below_that_of_the_untrained_model_withholds_nothing() {
        String slow = spec("hold", "sgd", 1).toYaml().replace("learningRate: 0.05", "learningRate: 0.005");
        Learner learner = new Learner(ModelSpec.parse(slow));
        LearnerState state = learner.start();
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            double y = i < 900 ? 0.5 : 0.67;
            events.addAll(learn(learner, state, List.of(sample(0, y, i))));
            assertThat(learner.isWithheld(state)).as("at %d", i).isFalse();
        }
        assertThat(events).extracting(Event::action).containsExactly("");
    }

    /** In a table of several blocks, only changed blocks are saved and restored. */
    @Test
    void a_reverted_block_has_the_version_of_the_revert_and_others_keep_theirs() {
        ModelSpec spec = ModelSpec.parse("""
                name: m
                label: y
                features: {categorical: [c], hashBits: 17}
                loss: mean-squared-error
                optimizer: {type: sgd, learningRate: 0.5}
                evaluation: {window: 100}
                onDivergence: revert
                """);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        SplittableRandom random = new SplittableRandom(SEED);
        int rows = 1 << 17;
        long[] before = {};
        for (int i = 0; i < 400; i++) {
            boolean outlier = i >= 200 && i < 300;
            int row = outlier ? 5 : random.nextInt(rows);
            learn(learner, state, List.of(hashed(row, outlier ? 1e6 : 1, i)));
            if (i == 199) {
                before = state.blockVersions().clone();
            } else if (i == 299) {
                before[0] = 300;
                assertThat(state.blockVersions()).hasSizeGreaterThan(4).isEqualTo(before);
            }
        }
        LearnerState unaffected = learner.start();
        random = new SplittableRandom(SEED);
        for (int i = 0; i < 400; i++) {
            boolean outlier = i >= 200 && i < 300;
            if (!outlier) {
                learn(learner, unaffected, List.of(hashed(random.nextInt(rows), 1, i)));
            }
        }
        assertThat(state.weights()).isEqualTo(unaffected.weights());
        assertThat(state.lineage().undone()).containsExactly(new Lineage.Undone(200, 300));
    }

    private static Sample hashed(int row, double label, int i) {
        return Sample.of(
                new double[0], new int[] {row}, new float[] {1}, (float) label, 1, new Sample.Position(0, i, i, 0));
    }

    private static List<Event> learn(Learner learner, LearnerState state, List<Sample> samples) {
        List<Event> events = new ArrayList<>();
        for (Sample sample : samples) {
            learner.learn(state, sample);
            if (state.window().samples() >= learner.spec().window()) {
                learner.nextWindow(state, () -> events.addAll(state.watcher().events()));
            }
        }
        return events;
    }

    private static ModelSpec spec(String policy, String optimizer, int batch) {
        return ModelSpec.parse("""
                name: m
                label: y
                features: {numeric: [a]}
                loss: mean-squared-error
                optimizer: {type: %s%s}
                batch: {size: %d}
                evaluation: {window: %d}
                onDivergence: %s
                """.formatted(optimizer, TestSpecs.rate(optimizer, 0.05), batch, WINDOW, policy));
    }

    private static List<Sample> samples() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            double x = random.nextDouble(-1, 1);
            double y = i >= OUTLIERS && i < OUTLIERS_END ? 1e6 : 1 + x + random.nextDouble(-0.5, 0.5);
            samples.add(sample(x, y, i));
        }
        return samples;
    }

    private static Sample sample(double x, double y, int i) {
        return Sample.of(new double[] {x}, new int[0], new float[0], (float) y, 1, new Sample.Position(0, i, i, 0));
    }
}
