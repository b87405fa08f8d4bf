package io.freshet.learning.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch scores of a file that differ from those of the same samples held out of a stream. */
class ScorerTest {
    static List<Loss> losses() {
        return TestSpecs.losses().stream()
                .filter(loss -> !loss.name().startsWith("sequence"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("losses")
    void equals_the_scores_of_held_out_samples(Loss loss) {
        ModelSpec spec = TestSpecs.of(loss, TestSpecs.outputs(loss), "sgd", 4);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        RandomSamples.of(spec, 100, 1).forEach(sample -> learner.learn(state, sample));
        Snapshot snapshot = learner.snapshot(state, "");
        Scorer scorer = new Scorer(spec);
        List<Sample> samples = RandomSamples.of(spec, 700, 2);
        float[][] predictions = scorer.predict(snapshot, samples);
        samples.forEach(sample -> learner.learn(state, heldOut(sample)));

        assertThat(predictions).isDeepEqualTo(new Predictor(snapshot).predict(samples));
        assertThat(scorer.tally().samples()).isEqualTo(700);
        assertThat(scorer.rejected()).isZero();
        assertThat(scorer.tally().sums())
                .isEqualTo(state.epochProgress().holdout().sums());
        assertThat(scorer.tally().metrics())
                .isEqualTo(state.epochProgress().holdout().metrics());
    }

    @Test
    void scores_each_key_with_its_own_snapshot() {
        ModelSpec spec = TestSpecs.of(TestSpecs.loss("mean-squared-error"), 1, "sgd", 1);
        Learner learner = new Learner(spec);
        LearnerState one = learner.start();
        LearnerState two = learner.start();
        RandomSamples.of(spec, 50, 1).forEach(sample -> learner.learn(one, sample));
        RandomSamples.of(spec, 50, 2).forEach(sample -> learner.learn(two, sample));
        List<Snapshot> snapshots = List.of(learner.snapshot(one, "1"), learner.snapshot(two, "2"));
        List<Sample> samples = RandomSamples.of(spec, 400, 3);
        Scorer scorer = new Scorer(spec);
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < samples.size(); i++) {
            Snapshot snapshot = snapshots.get(i % 3 % 2);
            scorer.predict(snapshot, List.of(samples.get(i)));
            float error = new Predictor(snapshot).predict(samples.get(i))[0]
                    - samples.get(i).label()[0];
            sum += samples.get(i).weight() * (double) error * error;
            weights += samples.get(i).weight();
        }
        assertThat(scorer.tally().metrics().loss()).isCloseTo(sum / weights, Percentage.withPercentage(1e-3));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void predicts_samples_without_a_label_in_the_same_batch_and_does_not_score_them(Loss loss) {
        ModelSpec spec = TestSpecs.of(loss, TestSpecs.outputs(loss), "sgd", 4);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        List<Sample> samples = RandomSamples.of(spec, 300, 1);
        samples.forEach(sample -> learner.learn(state, sample));
        Snapshot snapshot = learner.snapshot(state, "");
        List<Sample> some = new ArrayList<>(samples);
        some.replaceAll(sample -> some.indexOf(sample) % 2 == 0 ? sample : unlabeled(sample));
        Scorer scorer = new Scorer(spec);

        assertThat(scorer.predict(snapshot, some)).isDeepEqualTo(new Scorer(spec).predict(snapshot, samples));
        assertThat(scorer.tally().samples()).isEqualTo(150);
    }

    private static Sample unlabeled(Sample s) {
        return new Sample(
                new Sample.Features(s.numeric(), s.dense(), s.rows(), s.ends(), s.values()),
                new float[0],
                1,
                false,
                new Sample.Position(-1, -1, 0, 0));
    }

    private static Sample heldOut(Sample s) {
        return new Sample(
                new Sample.Features(s.numeric(), s.dense(), s.rows(), s.ends(), s.values()),
                s.label(),
                s.weight(),
                true,
                new Sample.Position(s.partition(), s.offset(), s.eventTime(), s.epoch()));
    }
}
