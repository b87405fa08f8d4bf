package io.freshet.learning.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.FlatWeights;
import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.codec.LearnerStateCodec;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Sample.Revision;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.features.Stage;
import io.freshet.learning.learner.BestEpochTest;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerTest;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.MeanSquaredError;
import io.freshet.learning.loss.SparseCategoricalCrossEntropy;
import io.freshet.learning.parameters.StateLayout;
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
 * Would catch a change that makes existing checkpoints unreadable. The stored bytes are never regenerated: {@link #main}
 * writes the files of a new version, and those of old versions stay.
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
    @ValueSource(
            strings = {"binary-v2", "regression-v2", "multiclass-v2", "binary-v3", "regression-v3", "multiclass-v3"})
    void reads_stored_states_and_continues_learning(String name) throws IOException {
        byte[] stored = stored(name);
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));

        ModelSpec spec = spec(name);
        assertEarlier(state.total().metrics(), state(spec).total().metrics());
        assertThat(state.samples()).isEqualTo(40);
        assertThat(state.updates()).isEqualTo(5);
        assertThat(state.rejected()).isEqualTo(1);
        assertThat(state.windows()).isEqualTo(1);
        assertThat(state.pending().size()).isEqualTo(5);
        assertThat(state.total().samples()).isEqualTo(40);
        assertThat(state.window().samples()).isEqualTo(8);
        assertThat(state.lineage().partitions()).containsExactly(0, 1, 2, 3);
        assertThat(state.lineage().offsets()).containsExactly(9, 9, 9, 9);
        assertThat(state.lineage().watermark()).isEqualTo(1039);
        assertThat(FlatWeights.of(state.weights())).hasSize(2 * spec.parameterCount());
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary-v4", "regression-v4", "multiclass-v4"})
    void a_state_of_this_version_is_written_again_and_learned_again(String name) throws IOException {
        byte[] stored = stored(name);
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));
        assertThat(LearnerTest.bytes(state)).isEqualTo(stored);
        assertThat(state.windows()).isEqualTo(1);
        assertThat(LearnerTest.bytes(state(spec(name)))).isEqualTo(stored);
    }

    /** Before version 4, weights did not count in the moments, and there were no sums by class. */
    private static void assertEarlier(Metrics actual, Metrics expected) {
        assertThat(actual.loss()).isCloseTo(expected.loss(), within(0.1));
        assertThat(actual.get(Metric.RECALL)).as("unknown").isNull();
    }

    /** Not learned again, since the last bits of matrix products depend on the CPU. */
    @Test
    void reads_a_stored_network_with_slots_after_the_parameters() throws IOException {
        byte[] stored = stored("net-v2");
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));

        assertThat(state.layout()).isEqualTo(new StateLayout(13, 1, 2, false));
        assertThat(state.weights().arrays()).hasDimensions(3, 13);
        assertThat(state.weights().array()).startsWith(-0.24526173f, 1.0240033f).endsWith(0.000584962f);
        assertThat(state.weights().arrays()[1]).startsWith(0.00068167667f, -0.00036653562f);
        assertThat(state.weights().arrays()[2]).startsWith(7.452178e-8f, 2.1391165e-6f);
        assertThat(state.lastGood().weights().layout()).isEqualTo(state.layout());
        assertThat(state.lastGood().weights()).isNotEqualTo(state.weights());
        new Learner(NET).finish(state, () -> {});
        assertThat(state.updates()).isEqualTo(6);
    }

    @Test
    void reads_the_stored_updates_of_other_replicas() throws IOException {
        byte[] stored = stored("replica-v5");
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));
        assertThat(state.otherUpdates()).isEqualTo(75);
        assertThat(state.copy().otherUpdates()).isEqualTo(75);
        assertThat(LearnerTest.bytes(state)).as("written again").isEqualTo(stored);
        assertThat(LearnerTest.bytes(replica())).as("learned again").isEqualTo(stored);
    }

    @Test
    void reads_stored_states_whose_weights_are_stored_elsewhere() throws IOException {
        byte[] stored = stored("absent-v6");
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));
        assertThat(LearnerTest.bytes(state)).as("written again").isEqualTo(stored);
        assertThat(LearnerTest.bytes(absent())).as("learned again").isEqualTo(stored);
        LearnerState best = best();
        SavedState saved = state.savedBest().with(best.savedBest().weights());
        assertThat(LearnerTest.bytes(state.with(best.weights(), null, saved))).isEqualTo(LearnerTest.bytes(best));
    }

    @Test
    void reads_stored_ranges_of_labels() throws IOException {
        byte[] stored = stored("range-v7");
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));
        assertThat(state.labelRange()).hasSize(12).startsWith(-9.333127975463867, 9.402571678161621);
        assertThat(state.labelRange()[8]).as("widened since").isEqualTo(-9.677769660949707);
        assertThat(state.lastGood().labelRange()[8]).isEqualTo(-9.276616096496582);
        assertThat(LearnerTest.bytes(state)).as("written again").isEqualTo(stored);
        assertThat(LearnerTest.bytes(state(RANGE))).as("learned again").isEqualTo(stored);
    }

    @Test
    void reads_stored_predictions_of_open_samples() throws IOException {
        byte[] stored = stored("late-v9");
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));
        assertThat(state.corrections()).as("of complete batches").isEqualTo(6);
        assertThat(state.openPredictions().size()).isEqualTo(16);
        assertThat(state.openPredictions().unmatched()).isEqualTo(1);
        assertThat(state.pending().isRevised()).isTrue();
        assertThat(LearnerTest.bytes(state)).as("written again").isEqualTo(stored);
        assertThat(LearnerTest.bytes(late())).as("learned again").isEqualTo(stored);
    }

    /** Corrections of such a state start from the label that they replace. */
    @Test
    void reads_stored_predictions_of_open_samples_without_the_labels_learned() throws IOException {
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored("late-v8"))));
        assertThat(state.corrections()).isEqualTo(6);
        OpenPredictions.Parts parts = state.openPredictions().parts();
        OpenPredictions.Parts expected = late().openPredictions().parts();
        assertThat(parts.ids()).isEqualTo(expected.ids());
        assertThat(parts.weights()).isEqualTo(expected.weights());
        assertThat(parts.unmatched()).isEqualTo(1);
        assertThat(parts.learned()).hasSize(16).containsOnly(OpenPredictions.UNKNOWN);
    }

    @Test
    void reads_a_stored_best_epoch_and_returns_to_it() throws IOException {
        byte[] stored = stored("best-v4");
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
                .hasMessage("learner state: version 99 (expected: 2 to 9)");
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
        byte[] bytes = stored("net-v2");
        ByteBuffer.wrap(bytes).putInt(at, number);
        assertThatThrownBy(() -> LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(bytes))))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(message);
    }

    private static byte[] stored(String name) throws IOException {
        String file = "/compatibility/learner-state-" + name + ".bin";
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
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        List.copyOf(RandomSamples.of(spec, 45, SEED)).forEach(sample -> {
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
        for (String name : List.of(
                "binary-v4",
                "regression-v4",
                "multiclass-v4",
                "net-v4",
                "best-v4",
                "replica-v5",
                "absent-v6",
                "range-v7",
                "late-v9")) {
            Path file = Path.of(arguments[0], "learner-state-" + name + ".bin");
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
            case "best-v4" -> best();
            case "replica-v5" -> replica();
            case "absent-v6" -> absent();
            case "net-v4" -> state(NET);
            case "range-v7" -> state(RANGE);
            case "late-v9" -> late();
            default -> state(spec(name));
        };
    }
}
