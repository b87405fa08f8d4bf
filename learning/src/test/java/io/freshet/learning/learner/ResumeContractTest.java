package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.Loss;
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

    static Stream<Loss> losses() {
        return TestSpecs.losses().stream().filter(loss -> loss.task() != Task.SEQUENCE);
    }

    private static List<ModelSpec> specs(Loss loss) {
        return TestSpecs.optimizers("linear", loss).stream()
                .flatMap(optimizer -> Stream.of(1, 2, 5, 64)
                        .map(batchSize -> TestSpecs.of(loss, TestSpecs.outputs(loss), optimizer, batchSize)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("losses")
    void a_state_restored_at_any_sample_learns_the_same_bits(Loss loss) throws IOException {
        for (ModelSpec spec : specs(loss)) {
            assertRestores(spec);
        }
    }

    private static void assertRestores(ModelSpec spec) throws IOException {
        List<Sample> samples = RandomSamples.of(spec, 143, SEED);
        Learner first = new Learner(spec);
        LearnerState uninterrupted = learn(first, first.start(), samples);
        byte[] expected = LearnerTest.bytes(uninterrupted);
        for (int k : new int[] {0, 1, 63, 64, 101, 142, 143}) {
            LearnerState state = learn(first, first.start(), samples.subList(0, k));
            if (spec.training().batch().size() == 64 && k == 101) {
                assertThat(state.pending().size()).as("a partial batch").isBetween(1, 63);
            }
            LearnerState copy = state.copy();
            byte[] saved = LearnerTest.bytes(state);
            learn(first, state, samples.subList(k, samples.size()));
            LearnerState restored = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(saved)));

            assertThat(LearnerTest.bytes(restored))
                    .as("%s, restored at %d", spec, k)
                    .isEqualTo(saved);
            assertThat(LearnerTest.bytes(copy)).as("%s, copied at %d", spec, k).isEqualTo(saved);
            List<Sample> rest = samples.subList(k, samples.size());
            assertThat(LearnerTest.bytes(learn(new Learner(spec), restored, rest)))
                    .as("%s, seed %d, restored at %d", spec, SEED, k)
                    .isEqualTo(expected);
            assertThat(LearnerTest.bytes(learn(first, copy, rest)))
                    .as("%s, seed %d, copied at %d", spec, SEED, k)
                    .isEqualTo(expected);
        }
    }

    /** One learner serves all keys of a model, so its scratch space must not leak from one key into another. */
    @ParameterizedTest
    @MethodSource("losses")
    void interleaved_states_do_not_affect_each_other(Loss loss) {
        for (ModelSpec spec : specs(loss)) {
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
                    .as("%s", spec)
                    .isEqualTo(LearnerTest.bytes(learn(new Learner(spec), learner.start(), one)));
        }
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
