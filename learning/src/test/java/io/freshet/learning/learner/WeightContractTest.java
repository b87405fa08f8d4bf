package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a weight that is not the number of times that a sample counts, for every combination of {@link EverythingContractTest}. */
class WeightContractTest {
    private static final long SEED = 20261127;

    static Stream<Arguments> models() {
        return EverythingContractTest.models();
    }

    /** A full batch is standardized by its final moments; a small one by the moments of each sample, which depend on the order. */
    @ParameterizedTest
    @MethodSource("models")
    void a_sample_of_weight_2_is_the_same_sample_twice_in_a_batch(String model, Loss loss) {
        for (String optimizer : TestSpecs.steppingOptimizers()) {
            String small = EverythingContractTest.yaml(model, loss, optimizer, 7);
            String full = EverythingContractTest.yaml(model, loss, optimizer, "full");
            assertTwiceIsWeight2(small.replace("standardize: true", "standardize: false")
                    .replace("{numeric:", "{standardize: false, numeric:"));
            assertTwiceIsWeight2(full);
        }
    }

    private static void assertTwiceIsWeight2(String yaml) {
        ModelSpec plain = ModelSpec.parse(yaml.replace("dropout: 0.2", "dropout: 0"));
        List<Sample> heavy = new ArrayList<>();
        List<Sample> twice = new ArrayList<>();
        for (Sample sample : EverythingContractTest.encoded(plain, 5, SEED)) {
            int weight = 1 + twice.size() % 3 % 2;
            heavy.add(withWeight(sample, weight));
            for (int copy = 0; copy < weight; copy++) {
                twice.add(withWeight(sample, 1));
            }
        }
        Learner learner = new Learner(plain);
        LearnerState once = finished(learner, heavy);
        LearnerState repeated = finished(learner, twice);
        assertThat(once.updates()).as(yaml).isEqualTo(1);
        assertThat(repeated.updates()).as(yaml).isEqualTo(1);
        // The first step of adaptive optimizers is too sensitive to rounding, so slots, sums of gradients, are
        // compared.
        int slots = plain.optimizer().slots() == 0 ? 0 : 1;
        float[] expected = slot(repeated, slots);
        float[] actual = slot(once, slots);
        String what = "seed " + SEED + ", " + yaml;
        for (int i = 0; i < expected.length; i++) {
            Golden.assertClose(actual[i], expected[i], 1e-3, 1e-6, what);
        }
        Golden.assertClose(
                once.total().metrics().loss(), repeated.total().metrics().loss(), 1e-5, 1e-12, "mean loss: " + what);
    }

    @ParameterizedTest
    @MethodSource("models")
    void without_samples_of_weight_0_a_model_learns_the_same_bits(String model, Loss loss) {
        for (ModelSpec spec : EverythingContractTest.specs(model, loss, 1, 7, "full")) {
            assertIgnoresWeight0(spec);
        }
    }

    private static void assertIgnoresWeight0(ModelSpec spec) {
        List<Sample> others = new ArrayList<>();
        List<Sample> all = new ArrayList<>();
        for (Sample sample : EverythingContractTest.encoded(spec, 40, SEED)) {
            boolean weightless = all.isEmpty() || sample.offset() % 3 == 1;
            all.add(weightless ? withWeight(sample, 0) : sample);
            if (!weightless) {
                others.add(sample);
            }
        }
        Learner learner = new Learner(spec);
        LearnerState expected = finished(learner, others);
        LearnerState state = finished(learner, all);
        assertThat(state.weights()).as("%s, seed %d", spec, SEED).isEqualTo(expected.weights());
        assertThat(state.moments()).as("%s, seed %d", spec, SEED).isEqualTo(expected.moments());
        assertThat(state.updates()).as("%s", spec).isEqualTo(expected.updates());
        assertThat(state.samples()).as("%s", spec).isEqualTo(expected.samples());
        assertThat(state.total().metrics().loss())
                .as("%s", spec)
                .isEqualTo(expected.total().metrics().loss());
        assertThat(state.total().samples()).as("%s", spec).isEqualTo(all.size());
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_sample_of_weight_0_is_predicted(String model, Loss loss) {
        for (ModelSpec spec : EverythingContractTest.specs(model, loss, 1, 7, "full")) {
            List<Sample> samples = EverythingContractTest.encoded(spec, 15, SEED);
            Learner learner = new Learner(spec);
            LearnerState state = EverythingContractTest.learn(learner, learner.start(), samples.subList(0, 14));
            Sample weightless = withWeight(samples.get(14), 0);
            float[] served = new Predictor(learner.snapshot(state, "")).predict(weightless);
            learner.learn(state, weightless);
            assertThat(learner.lastPrediction()).as("%s, seed %d", spec, SEED).startsWith(served);
        }
    }

    private static LearnerState finished(Learner learner, List<Sample> samples) {
        LearnerState state = EverythingContractTest.learn(learner, learner.start(), samples);
        learner.finish(state, () -> {});
        return state;
    }

    /** Returns the parameters, or slot 0 of each. */
    private static float[] slot(LearnerState state, int which) {
        return state.weights().convert(state.layout().bySlot()).arrays()[which];
    }

    private static Sample withWeight(Sample from, float weight) {
        return new Sample(
                new Sample.Features(from.numeric(), from.dense(), from.rows(), from.ends(), from.values()),
                from.label(),
                weight,
                from.holdout(),
                new Sample.Position(from.partition(), from.offset(), from.eventTime(), from.epoch()));
    }
}
