package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a run that ends with other parameters than those of the best epoch, or with only some of them; a restart that
 * forgets the best epoch; and two versions with the same number.
 */
public class BestEpochTest {
    public static final String LINEAR = "optimizer: {type: sgd, learningRate: 0.02}";
    private static final String NET = """
            model: {type: mlp, hidden: [4]}
            optimizer: {type: adam, learningRate: 0.2}
            schedule: {type: plateau, patience: 1, gamma: 0.5}
            evaluation: {window: 8}
            batch: 4
            """;
    /** More than one block. */
    private static final String BLOCKS =
            "optimizer: {type: adam, learningRate: 0.25}\nmodel: {type: mlp, hidden: [8000, 4]}\nbatch: 2";

    private static final int PER_EPOCH = 8;

    /** The state at the end of each epoch, and the holdout loss of each. */
    private record Epochs(List<LearnerState> ends, List<Double> losses) {
        int best() {
            int best = 0;
            for (int epoch = 1; epoch < losses.size(); epoch++) {
                best = losses.get(epoch) < losses.get(best) ? epoch : best;
            }
            return best;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LINEAR, NET, BLOCKS})
    void a_stopped_run_has_the_parameters_of_the_best_epoch_and_all_that_belongs_to_them(String lines) {
        Epochs epochs = learnAll(spec(lines, "patience: 3, restore: last"), 10);
        int best = epochs.best();
        assertThat(best).as("of %s", epochs.losses).isBetween(1, 6);
        LearnerState expected = epochs.ends.get(best);
        LearnerState last = epochs.ends.get(best + 3);

        Learner learner = new Learner(spec(lines, "patience: 3"));
        LearnerState state = learn(learner, 10);

        assertThat(state.epochProgress().stopped()).isTrue();
        assertThat(state.weights()).isEqualTo(expected.weights()).isNotEqualTo(last.weights());
        assertThat(state.moments()).isEqualTo(expected.moments());
        assertThat(state.updateMemory()).isEqualTo(expected.updateMemory());
        assertThat(state.updates()).isEqualTo(expected.updates());
        assertThat(state.samples()).as("a version of its own").isEqualTo(last.samples() + 1);
        assertThat(state.blockVersions()).as("all to be published").containsOnly(state.samples());
        assertThat(state.lineage().undone()).containsExactly(new Lineage.Undone(expected.samples(), last.samples()));
        assertThat(state.epochProgress().best().epoch()).isEqualTo(best);
        assertThat(state.epochProgress().best().holdout().loss()).isEqualTo(epochs.losses.get(best));

        byte[] before = LearnerTest.bytes(state);
        learner.finish(state, () -> {});
        assertThat(LearnerTest.bytes(state)).as("not restored again").isEqualTo(before);
    }

    @Test
    void a_run_that_ends_before_it_stops_has_the_parameters_of_the_best_epoch() {
        Epochs epochs = learnAll(spec(LINEAR, "patience: 3, restore: last"), 10);
        int best = epochs.best();
        Learner learner = new Learner(spec(LINEAR, "patience: 3"));
        LearnerState state = learn(learner, best + 2);
        assertThat(state.weights()).isEqualTo(epochs.ends.get(best + 1).weights());
        learner.finish(state, () -> {});
        assertThat(state.weights()).isEqualTo(epochs.ends.get(best).weights());
        assertThat(state.samples()).isEqualTo(epochs.ends.get(best + 1).samples() + 1);
    }

    @Test
    void a_run_whose_last_epoch_is_the_best_keeps_it() {
        Learner learner = new Learner(spec(LINEAR, "patience: 3"));
        LearnerState state = learn(learner, 2);
        LearnerState before = state.copy();
        learner.finish(state, () -> {});
        assertThat(LearnerTest.bytes(state)).isEqualTo(LearnerTest.bytes(before));
    }

    @ParameterizedTest
    @ValueSource(strings = {"patience: 0", "patience: 3, restore: last"})
    void nothing_is_saved_or_restored_otherwise(String stopping) {
        Learner learner = new Learner(spec(LINEAR, stopping));
        LearnerState state = learn(learner, 10);
        learner.finish(state, () -> {});
        assertThat(state.savedBest()).isNull();
        assertThat(state.lineage().undone()).isEmpty();
        assertThat(state.epochProgress().best().epoch()).as("for the report").isBetween(1, 6);
    }

    /** Restarts before each sample in turn. */
    @Test
    void a_restart_changes_nothing() throws IOException {
        ModelSpec spec = spec(NET, "patience: 2");
        List<Sample> samples = samples(8);
        byte[] uninterrupted = LearnerTest.bytes(learn(new Learner(spec), 8));
        for (int restart = 0; restart < samples.size(); restart++) {
            Learner learner = new Learner(spec);
            LearnerState state = learner.start();
            for (int i = 0; i < samples.size(); i++) {
                if (i == restart) {
                    learner = new Learner(spec);
                    state = LearnerStateCodec.read(
                            new DataInputStream(new ByteArrayInputStream(LearnerTest.bytes(state))));
                }
                receive(learner, state, samples.get(i));
            }
            assertThat(LearnerTest.bytes(state)).as("before sample %d", restart).isEqualTo(uninterrupted);
        }
    }

    /** A window may end right after the best state was saved, and the divergence policy reverts it. Later samples touch few blocks. */
    @Test
    void the_best_state_survives_a_revert_at_the_same_sample() {
        Learner learner = new Learner(ModelSpec.parse("""
                name: m
                label: y
                features: {categorical: [c], hashBits: 17}
                loss: mean-squared-error
                """));
        LearnerState state = learner.start();
        learner.learn(state, sample(100_000, 0));
        state.saveBest();
        float[] best = state.weights().parameters();
        state.revert(SavedState.of(learner.start()));
        assertThat(state.weights().parameters()).isNotEqualTo(best);
        learner.learn(state, sample(7, 1));
        state.restoreBest();
        assertThat(state.weights().parameters()).isEqualTo(best);
    }

    private static Sample sample(int row, long offset) {
        return Sample.of(
                new double[0], new int[] {row}, new float[] {1}, 10, 1, new Sample.Position(0, offset, offset, 0));
    }

    public static ModelSpec spec(String lines, String stopping) {
        return ModelSpec.parse("""
                name: m
                label: y
                features: {numeric: [a]}
                loss: mean-squared-error
                holdout: 0.5
                epochs: 20
                earlyStopping: {%s}
                """.formatted(stopping) + lines);
    }

    private static Epochs learnAll(ModelSpec spec, int epochs) {
        Learner learner = new Learner(spec.withEpochs(epochs));
        LearnerState state = learner.start();
        Epochs all = new Epochs(new ArrayList<>(), new ArrayList<>());
        for (Sample sample : samples(epochs)) {
            receive(learner, state, sample);
            if (sample.offset() % (2 * PER_EPOCH) == 2 * PER_EPOCH - 1) {
                all.ends.add(state.copy());
                all.losses.add(state.epochProgress().holdout().loss());
            }
        }
        return all;
    }

    public static LearnerState learn(Learner learner, int epochs) {
        LearnerState state = learner.start();
        samples(epochs).forEach(sample -> receive(learner, state, sample));
        return state;
    }

    private static void receive(Learner learner, LearnerState state, Sample sample) {
        learner.learn(state, sample);
        if (state.window().samples() >= learner.spec().window()) {
            learner.nextWindow(state);
        }
    }

    /** Learned labels are 10, held-out ones 4: predictions first approach them, and then pass them. */
    private static List<Sample> samples(int epochs) {
        List<Sample> samples = new ArrayList<>();
        for (int epoch = 0; epoch < epochs; epoch++) {
            SplittableRandom random = new SplittableRandom(7);
            for (int i = 0; i < 2 * PER_EPOCH; i++) {
                boolean holdout = i % 2 == 0;
                double x = random.nextDouble();
                samples.add(sample(x, holdout ? 4 : 10 + x, holdout, epoch, 2L * PER_EPOCH * epoch + i));
            }
        }
        return samples;
    }

    private static Sample sample(double x, double y, boolean holdout, int epoch, long offset) {
        return new Sample(
                new Sample.Features(new double[] {x}, new float[0], new int[0], new int[0], new float[0]),
                new float[] {(float) y},
                1,
                holdout,
                new Sample.Position(0, offset, offset, epoch));
    }
}
