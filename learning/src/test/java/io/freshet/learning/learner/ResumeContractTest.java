package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.codec.LearnerStateCodec;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch state that is saved but not restored: for every loss, optimizer, and batch size, at any sample. */
class ResumeContractTest {
    private static final long SEED = 20260111;

    static Stream<ModelSpec> specs() {
        return TestSpecs.losses().stream()
                .filter(loss -> loss.task() != Task.SEQUENCE)
                .flatMap(loss -> TestSpecs.optimizers("linear", loss).stream()
                        .flatMap(optimizer -> Stream.of(1, 2, 5, 64)
                                .map(batchSize -> TestSpecs.of(loss, TestSpecs.outputs(loss), optimizer, batchSize))));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void a_state_restored_at_any_sample_learns_the_same_bits(ModelSpec spec) throws IOException {
        List<Sample> samples = RandomSamples.of(spec, 203, SEED);
        LearnerState uninterrupted = learn(new Learner(spec), new Learner(spec).start(), samples);
        byte[] expected = LearnerTest.bytes(uninterrupted);
        for (int k : new int[] {0, 1, 2, 63, 64, 101, 202, 203}) {
            Learner first = new Learner(spec);
            LearnerState state = learn(first, first.start(), samples.subList(0, k));
            if (spec.training().batch().size() == 64 && k == 101) {
                assertThat(state.pending().size()).as("a partial batch").isBetween(1, 63);
            }
            LearnerState copy = state.copy();
            byte[] saved = LearnerTest.bytes(state);
            learn(first, state, samples.subList(k, samples.size()));
            LearnerState restored = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(saved)));

            assertThat(LearnerTest.bytes(restored)).as("restored at %d", k).isEqualTo(saved);
            assertThat(LearnerTest.bytes(copy)).as("copied at %d", k).isEqualTo(saved);
            List<Sample> rest = samples.subList(k, samples.size());
            assertThat(LearnerTest.bytes(learn(new Learner(spec), restored, rest)))
                    .as("seed %d, restored at %d", SEED, k)
                    .isEqualTo(expected);
            assertThat(LearnerTest.bytes(learn(first, copy, rest)))
                    .as("seed %d, copied at %d", SEED, k)
                    .isEqualTo(expected);
        }
    }

    /** One learner serves all keys of a model, so its scratch space must not leak from one key into another. */
    @ParameterizedTest
    @MethodSource("specs")
    void interleaved_states_do_not_affect_each_other(ModelSpec spec) {
        List<Sample> one = RandomSamples.of(spec, 100, SEED);
        List<Sample> other = RandomSamples.of(spec, 100, SEED + 1);
        Learner learner = new Learner(spec);
        LearnerState first = learner.start();
        LearnerState second = learner.start();
        for (int i = 0; i < one.size(); i++) {
            learner.learn(first, one.get(i));
            learner.learn(second, other.get(i));
        }
        learner.finish(first, () -> {});
        assertThat(LearnerTest.bytes(first))
                .isEqualTo(LearnerTest.bytes(learn(new Learner(spec), learner.start(), one)));
    }

    private static LearnerState learn(Learner learner, LearnerState state, List<Sample> samples) {
        for (Sample sample : samples) {
            learner.learn(state, sample);
        }
        if (samples.size() == 100) {
            learner.finish(state, () -> {});
        }
        return state;
    }
}
