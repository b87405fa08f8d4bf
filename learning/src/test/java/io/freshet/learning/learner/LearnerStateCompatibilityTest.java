package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.FlatWeights;
import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.MeanSquaredError;
import io.freshet.learning.loss.SparseCategoricalCrossEntropy;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a change that leaves the checkpoints of users unreadable. The stored bytes are never written again: a new
 * version gets files of its own from {@link #main}, beside the old ones.
 */
class LearnerStateCompatibilityTest {
    private static final long SEED = 1;

    @ParameterizedTest
    @ValueSource(strings = {"binary-v2", "regression-v2", "multiclass-v2"})
    void stored_states_are_read_and_go_on_learning_as_before(String name) throws IOException {
        byte[] stored;
        try (InputStream in = getClass().getResourceAsStream("/compatibility/learner-state-" + name + ".bin")) {
            stored = in.readAllBytes();
        }
        LearnerState state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(stored)));
        assertThat(LearnerTest.bytes(state)).as("written again").isEqualTo(stored);

        ModelSpec spec = spec(name);
        LearnerState learned = state(spec);
        assertThat(LearnerTest.bytes(learned)).as("learned again").isEqualTo(stored);
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

    @Test
    void a_version_from_the_future_is_an_error_that_says_so() {
        byte[] bytes = {99};
        assertThatThrownBy(() -> LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(bytes))))
                .isInstanceOf(IOException.class)
                .hasMessage("learner state: version 99 (expected: 2)");
    }

    private static ModelSpec spec(String name) {
        Loss loss = name.startsWith("binary")
                ? new BinaryCrossEntropy()
                : name.startsWith("regression") ? new MeanSquaredError() : new SparseCategoricalCrossEntropy();
        return TestSpecs.of(loss, TestSpecs.outputs(loss), "rmsprop", 8);
    }

    private static LearnerState state(ModelSpec spec) {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        List.copyOf(RandomSamples.of(spec, 45, SEED)).forEach(sample -> {
            learner.learn(state, sample);
            if (state.total().samples() == 32 && state.windows() == 0) {
                learner.nextWindow(state);
            }
        });
        state.rejectedOne();
        return state;
    }

    /** Writes the files of this version that are not there yet into a directory. */
    public static void main(String[] arguments) throws IOException {
        for (String name : List.of("binary-v2", "regression-v2", "multiclass-v2")) {
            Path file = Path.of(arguments[0], "learner-state-" + name + ".bin");
            if (Files.notExists(file)) {
                Files.write(file, LearnerTest.bytes(state(spec(name))));
            }
        }
    }
}
