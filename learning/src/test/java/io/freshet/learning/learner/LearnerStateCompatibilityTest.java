package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.FlatWeights;
import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Sample.Revision;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.features.Stage;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.MeanSquaredError;
import io.freshet.learning.loss.SparseCategoricalCrossEntropy;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a change that makes existing checkpoints unreadable. From the first tag on, stored bytes are never regenerated: {@link
 * #main} writes those of a new version, and those of old versions stay.
 */
class LearnerStateCompatibilityTest {
    private static final long SEED = 1;

    private static final ModelSpec NET = ModelSpec.parse("""
            name: test
            label: y
            features: {numeric: [a, b]}
            model: {type: mlp, hidden: [3]}
            loss: binary-cross-entropy
            optimizer: {type: adam}
            batch: {size: 8}
            evaluation: {window: 32}
            onDivergence: revert
            """);

    private static final ModelSpec RANGE = ModelSpec.parse("""
            name: test
            label: [p, q, r, s, t, u]
            features: {numeric: [a, b]}
            outputs: 6
            loss: mean-squared-error
            optimizer: {type: adagrad, learningRate: 0.01}
            clamp: labels
            batch: {size: 8}
            evaluation: {window: 32}
            onDivergence: revert
            """);

    private static final ModelSpec LATE = ModelSpec.parse("""
            name: test
            label: y
            weight: w
            features: {numeric: [a, b], categorical: [c], hashBits: 3}
            loss: binary-cross-entropy
            optimizer: {type: adagrad, learningRate: 0.01}
            batch: {size: 8}
            join: {within: 1h, after: 0}
            """);

    private static final ModelSpec BEST = BestEpochTest.spec(BestEpochTest.LINEAR, "patience: 3");

    @ParameterizedTest
    @ValueSource(strings = {"binary", "regression", "multiclass"})
    void reads_stored_states_and_continues_learning(String name) throws IOException {
        byte[] stored = stored(name);
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));

        ModelSpec spec = spec(name);
        assertThat(state.rejected()).isEqualTo(1);
        assertThat(state.windows()).isEqualTo(1);
        assertThat(state.lineage().partitions()).containsExactly(0, 1, 2, 3);
        assertThat(FlatWeights.of(state.weights())).hasSize(2 * spec.parameterCount());
        assertThat(LearnerTest.bytes(state)).as("written again").isEqualTo(stored);
        assertThat(LearnerTest.bytes(state(spec))).as("learned again").isEqualTo(stored);
    }

    /** Not learned again, since the last bits of matrix products depend on the CPU. */
    @Test
    void reads_a_stored_network_with_slots_after_the_parameters() throws IOException {
        byte[] stored = stored("net");
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));

        assertThat(state.layout()).isEqualTo(new StateLayout(13, 1, 2, false));
        assertThat(state.weights().arrays()).hasDimensions(3, 13);
        assertThat(state.weights().array()).startsWith(-0.24455571f, 1.0281868f).endsWith(0.001695845f);
        assertThat(state.lastGood().weights().layout()).isEqualTo(state.layout());
        assertThat(state.lastGood().weights()).isNotEqualTo(state.weights());
        assertThat(LearnerTest.bytes(state)).as("written again").isEqualTo(stored);
        long updates = state.updates();
        new Learner(NET).finish(state, () -> {});
        assertThat(state.updates()).isEqualTo(updates + 1);
    }

    @Test
    void reads_the_stored_updates_of_other_replicas() throws IOException {
        byte[] stored = stored("replica");
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));
        assertThat(state.otherUpdates()).isEqualTo(75);
        assertThat(state.copy().otherUpdates()).isEqualTo(75);
        assertThat(LearnerTest.bytes(state)).as("written again").isEqualTo(stored);
        assertThat(LearnerTest.bytes(replica())).as("learned again").isEqualTo(stored);
    }

    @Test
    void reads_stored_states_whose_weights_are_stored_elsewhere() throws IOException {
        byte[] stored = stored("absent");
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));
        assertThat(LearnerTest.bytes(state)).as("written again").isEqualTo(stored);
        assertThat(LearnerTest.bytes(absent())).as("learned again").isEqualTo(stored);
        LearnerState best = best();
        SavedState saved = state.savedBest().with(best.savedBest().weights());
        assertThat(LearnerTest.bytes(state.with(best.weights(), null, saved))).isEqualTo(LearnerTest.bytes(best));
    }

    @Test
    void reads_stored_ranges_of_labels() throws IOException {
        byte[] stored = stored("range");
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));
        assertThat(state.labelRange()).hasSize(12).startsWith(-9.333127975463867, 9.402571678161621);
        assertThat(state.labelRange()[8]).as("widened since").isEqualTo(-9.677769660949707);
        assertThat(state.lastGood().labelRange()[8]).isEqualTo(-9.276616096496582);
        assertThat(LearnerTest.bytes(state)).as("written again").isEqualTo(stored);
        assertThat(LearnerTest.bytes(state(RANGE))).as("learned again").isEqualTo(stored);
    }

    @Test
    void reads_stored_predictions_of_open_samples() throws IOException {
        byte[] stored = stored("late");
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));
        assertThat(state.corrections()).as("of complete batches").isEqualTo(6);
        assertThat(state.openPredictions().size()).isEqualTo(16);
        assertThat(state.openPredictions().unmatched()).isEqualTo(1);
        assertThat(state.pending().isRevised()).isTrue();
        assertThat(LearnerTest.bytes(state)).as("written again").isEqualTo(stored);
        assertThat(LearnerTest.bytes(late())).as("learned again").isEqualTo(stored);
    }

    @Test
    void reads_a_stored_best_epoch_and_returns_to_it() throws IOException {
        byte[] stored = stored("best");
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));
        assertThat(LearnerTest.bytes(state)).as("written again").isEqualTo(stored);
        assertThat(state.epochProgress().best().epoch()).isEqualTo(1);
        assertThat(state.savedBest().weights()).isNotEqualTo(state.weights());
        Learner learner = new Learner(BEST);
        learner.finish(state, () -> {});
        LearnerState learned = best();
        learner.finish(learned, () -> {});
        assertThat(LearnerTest.bytes(state)).isEqualTo(LearnerTest.bytes(learned));
    }

    @Test
    void rejects_an_unknown_version() {
        byte[] bytes = {99};
        assertThatThrownBy(() -> LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(bytes))))
                .isInstanceOf(IOException.class)
                .hasMessage("learner state: version 99 (expected: 1)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "46 | 38         | weights: 38 (expected: 39)",
                "33 | 0          | StateLayout[parameters=0, width=1, slots=2, byRow=false]",
                "41 | 2147483647 | StateLayout[parameters=13, width=1, slots=2147483647, byRow=false]",
                "41 | -1         | StateLayout[parameters=13, width=1, slots=-1, byRow=false]"
            })
    void rejects_inconsistent_numbers(int at, int number, String message) throws IOException {
        byte[] bytes = stored("net");
        ByteBuffer.wrap(bytes).putInt(at, number);
        assertThatThrownBy(() -> LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(bytes))))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(message);
    }

    private static byte[] stored(String name) throws IOException {
        String file = "/compatibility/learner-state-" + name + "-v1.bin";
        try (InputStream in = LearnerStateCompatibilityTest.class.getResourceAsStream(file)) {
            return in.readAllBytes();
        }
    }

    private static ModelSpec spec(String name) {
        Loss loss = name.startsWith("binary")
                ? new BinaryCrossEntropy()
                : name.startsWith("regression") ? new MeanSquaredError() : new SparseCategoricalCrossEntropy();
        return TestSpecs.of(loss, TestSpecs.outputs(loss), "rmsprop", 8);
    }

    private static LearnerState best() {
        return BestEpochTest.learn(new Learner(BEST), 4);
    }

    private static LearnerState absent() {
        return best().withoutWeights();
    }

    /** One of four replicas with an equal number of updates. */
    private static LearnerState replica() {
        LearnerState state = state(spec("binary"));
        return new LearnerState(
                new StateParts.Learned(
                        state.weights(),
                        state.moments(),
                        state.updateMemory(),
                        state.blockVersions(),
                        state.lastGood(),
                        state.savedBest()),
                state.pending(),
                new StateParts.Validation(
                        state.window(), state.closed(), state.updateWindow(), state.epochProgress(), state.watcher()),
                state.lineage(),
                new StateParts.Counts(state.samples(), state.updates(), state.rejected(), state.windows(), 75));
    }

    private static LearnerState state(ModelSpec spec) {
        return state(spec, 45);
    }

    private static LearnerState state(ModelSpec spec, int samples) {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        List.copyOf(RandomSamples.of(spec, samples, SEED)).forEach(sample -> {
            learner.learn(state, sample);
            if (state.total().samples() >= 32 && state.windows() == 0) {
                learner.nextWindow(state);
            }
        });
        state.reject();
        return state;
    }

    /** Writes the missing files of the current version to a directory. */
    public static void main(String[] arguments) throws IOException {
        for (String name :
                List.of("binary", "regression", "multiclass", "net", "best", "replica", "absent", "range", "late")) {
            Path file = Path.of(arguments[0], "learner-state-" + name + "-v1.bin");
            if (Files.notExists(file)) {
                Files.write(file, LearnerTest.bytes(current(name)));
            }
        }
    }

    /** Every third of 20 requests is changed, and every third closed. */
    private static LearnerState late() {
        Learner learner = new Learner(LATE);
        LearnerState state = learner.start();
        for (Sample sample : RandomSamples.of(LATE, 20, SEED)) {
            SampleId id = new SampleId(sample.partition(), sample.offset());
            float label = sample.label()[0];
            learner.learn(state, revised(sample, label, new Revision(Stage.OPEN, id, Float.NaN)));
            if (sample.offset() % 3 == 1 && sample.weight() > 0) {
                learner.learn(state, revised(sample, 1 - label, new Revision(Stage.CHANGED, id, label)));
            } else if (sample.offset() % 3 == 2) {
                learner.learn(state, Sample.closed(new float[] {label}, false, sample.position(), id));
            }
        }
        SampleId unknown = new SampleId(7, 7);
        learner.learn(state, Sample.closed(new float[] {1}, false, new Sample.Position(0, 99, 0, 0), unknown));
        return state;
    }

    private static Sample revised(Sample sample, float label, Revision revision) {
        return new Sample(sample.features(), new float[] {label}, sample.weight(), false, sample.position(), revision);
    }

    private static LearnerState current(String name) {
        return switch (name) {
            case "best" -> best();
            case "replica" -> replica();
            case "absent" -> absent();
            case "net" -> state(NET, 61);
            case "range" -> state(RANGE);
            case "late" -> late();
            default -> state(spec(name));
        };
    }
}
