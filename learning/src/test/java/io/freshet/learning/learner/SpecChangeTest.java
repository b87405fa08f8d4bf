package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.FlatWeights;
import io.freshet.learning.SequenceCases;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a change of the specification that discards the learned state, or that has no effect. */
class SpecChangeTest {
    private static final long SEED = 20260403;
    private static final ModelSpec BEFORE = ModelCases.of(
            "mlp",
            TestSpecs.loss("mean-squared-error"),
            "adam",
            "batch: {size: 7}",
            "holdout: 0.5",
            "earlyStopping: {patience: 1}");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "size: 7, | size: 1,",
                "size: 7, | size: 300,",
                "l2: 0.0 | l2: 0.5",
                "dropout: 0.0 | dropout: 0.5",
                "learningRate: 0.05 | learningRate: 0.5",
                "beta1: 0.9 | beta1: 0.5",
                "holdout: 0.5 | holdout: 0.25",
                "patience: 1 | patience: 2",
                "window: 1000 | window: 10",
            })
    void continues_from_the_learned_state_with_changed_hyperparameters(String from, String to) {
        assertThat(BEFORE.toYaml()).contains(from);
        ModelSpec after = ModelSpec.parse(BEFORE.toYaml().replace(from, to));
        assertThat(after.stateHash()).isEqualTo(BEFORE.stateHash());
        List<Sample> samples = ModelCases.samples(BEFORE, 400, SEED);
        LearnerState state = learn(BEFORE, new Learner(BEFORE).start(), samples.subList(0, 24));
        assertThat(state.pending().size()).isEqualTo(3);
        learn(after, state, samples.subList(24, 400));
        new Learner(after).finish(state, () -> {});
        assertThat(state.samples()).isEqualTo(400);
        for (float number : FlatWeights.of(state.weights())) {
            assertThat(number).isFinite();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hidden: [6, 5] | hidden: [5, 6]",
                "activation: tanh | activation: gelu",
                "outputs: 4 | outputs: 3",
                "seed: 42 | seed: 43",
                "type: adam | type: adamw",
                "mean-squared-error | mean-absolute-error",
                "numeric: [a, b] | numeric: [b, a]",
            })
    void starts_from_scratch_if_the_meaning_of_parameters_changes(String from, String to) {
        assertThat(BEFORE.toYaml()).contains(from);
        assertThat(ModelSpec.parse(BEFORE.toYaml().replace(from, to)).stateHash())
                .isNotEqualTo(BEFORE.stateHash());
    }

    @Test
    void the_truncation_of_gradients_may_change() {
        ModelSpec all = SequenceCases.spec("tokens: [t]", "cell: gru");
        assertThat(SequenceCases.spec("tokens: [t]", "cell: gru, truncate: 3").stateHash())
                .isEqualTo(all.stateHash());
        assertThat(SequenceCases.spec("tokens: [t]", "cell: dense").stateHash()).isNotEqualTo(all.stateHash());
    }

    @Test
    void resumes_learning_once_early_stopping_is_off() {
        Sample held = epoch(ModelCases.samples(BEFORE, 1, SEED).get(0), 0, true);
        Learner learner = new Learner(BEFORE);
        LearnerState state = learner.start();
        for (int epoch = 0; epoch < 4; epoch++) {
            learner.learn(state, epoch(held, epoch, true));
        }
        Sample sample = epoch(held, 4, false);
        learner.learn(state, sample);
        assertThat(state.epochProgress().stopped()).isTrue();
        assertThat(state.pending().size()).isZero();
        Learner patient = new Learner(ModelSpec.parse(BEFORE.toYaml().replace("patience: 1", "patience: 0")));
        patient.learn(state, sample);
        assertThat(state.epochProgress().stopped()).isFalse();
        assertThat(state.pending().size()).isEqualTo(1);
    }

    @Test
    void a_full_batch_cannot_hold_out_samples() {
        assertThatThrownBy(() -> ModelSpec.parse(BEFORE.toYaml().replace("size: 7", "size: full")))
                .isInstanceOf(SpecException.class)
                .hasMessage("holdout: 0.5 (expected: 0, since batch.size full learns after all held-out samples)");
    }

    private static LearnerState learn(ModelSpec spec, LearnerState state, List<Sample> samples) {
        Learner learner = new Learner(spec);
        for (Sample sample : samples) {
            learner.learn(state, sample);
        }
        return state;
    }

    private static Sample epoch(Sample from, int epoch, boolean holdout) {
        return new Sample(
                new Sample.Features(from.numeric(), from.dense(), from.rows(), from.ends(), from.values()),
                from.label(),
                from.weight(),
                holdout,
                new Sample.Position(from.partition(), from.offset(), from.eventTime(), epoch));
    }
}
