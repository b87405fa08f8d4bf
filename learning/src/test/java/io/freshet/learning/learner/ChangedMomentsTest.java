package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compares models that standardize with models that do not, whose numbers a plain loop has standardized. Would catch a corrected
 * request that is standardized as if it had been received once more, or that changes the moments.
 */
class ChangedMomentsTest {
    private static final long SEED = 20261202;
    private static final int REQUESTS = 40;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model: linear, optimizer: {type: sgd, learningRate: 0.1} | 1",
                "model: linear, optimizer: {type: sgd, learningRate: 0.1}, batch: 3 | 1",
                "model: linear, optimizer: normalized-adagrad | 1",
                "model: linear, optimizer: scale-free, batch: 4 | 0.9",
                "model: factorization-machine | 0.9",
                "model: {type: mlp, hidden: [4]} | 1",
                "model: {type: mlp, hidden: [4]}, batch: 3 | 0.9",
            })
    void a_correction_uses_the_moments_as_they_are(String rest, double decay) {
        String numbers =
                "{name: m, label: y, features: {numeric: [a, b], standardize: %s}, loss: binary-cross-entropy, " + rest
                        + ", join: {within: 1h, after: 0}}";
        String vectors =
                numbers.replace("numeric: [a, b], standardize: %s", "dense: [{field: v, length: 2, standardize: %s}]");
        if (decay == 1 && !rest.contains("factorization")) {
            assertLearnsLikePlainLoop(vectors, "true", decay, true);
        }
        assertLearnsLikePlainLoop(numbers, decay == 1 ? "true" : "{decay: " + decay + "}", decay, false);
    }

    private static void assertLearnsLikePlainLoop(String yaml, String standardize, double decay, boolean dense) {
        Learner learner = new Learner(ModelSpec.parse(yaml.formatted(standardize)));
        Learner plain = new Learner(ModelSpec.parse(yaml.formatted("false")));
        LearnerState state = learner.start();
        LearnerState expected = plain.start();
        PlainMoments[] moments = {new PlainMoments(decay), new PlainMoments(decay)};
        for (Sample sample : stages()) {
            boolean closed = sample.stage() == Stage.CLOSED;
            learner.learn(state, closed || !dense ? sample : vector(sample, sample.numeric()));
            double[] standardized = new double[2];
            for (int i = 0; i < 2 && !closed; i++) {
                double number = sample.numeric()[i];
                if (sample.stage() == Stage.OPEN) {
                    moments[i].add(dense ? (float) number : number);
                }
                standardized[i] = moments[i].standardize(dense ? (float) number : number);
            }
            plain.learn(expected, closed ? sample : dense ? vector(sample, standardized) : with(sample, standardized));
        }
        float[] found = learner.snapshot(state, "").parameters();
        float[] wanted = plain.snapshot(expected, "").parameters();
        assertThat(state.corrections()).isPositive();
        for (int i = 0; i < wanted.length; i++) {
            assertThat(found[i]).as("%s, parameter %d", yaml, i).isCloseTo(wanted[i], within(2e-6f));
        }
        assertThat(state.total().loss()).isCloseTo(expected.total().loss(), within(1e-6));
        assertThat(state.moments()[0]).isEqualTo(REQUESTS);
        assertThat(state.moments()[1]).isCloseTo(moments[0].mean, within(1e-9));
    }

    /** The moments, and the number itself, as in the formulas. */
    private static final class PlainMoments {
        private final double decay;
        private final List<Double> numbers = new ArrayList<>();
        private double mean;
        private double variance;

        PlainMoments(double decay) {
            this.decay = decay;
        }

        void add(double number) {
            numbers.add(number);
            int n = numbers.size();
            if (decay == 1) {
                mean = numbers.stream().mapToDouble(each -> each).sum() / n;
                variance = numbers.stream()
                                .mapToDouble(each -> (each - mean) * (each - mean))
                                .sum()
                        / n;
            } else {
                double a = Math.max(1.0 / n, 1 - decay);
                variance = (1 - a) * (variance + a * (number - mean) * (number - mean));
                mean += a * (number - mean);
            }
        }

        double standardize(double number) {
            return numbers.size() == 1 ? 0 : (number - mean) / Math.sqrt(variance);
        }
    }

    private static List<Sample> stages() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Sample> stages = new ArrayList<>();
        List<Sample> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            double[] numbers = {random.nextGaussian(5, 3), random.nextDouble()};
            Sample request = Sample.of(numbers, new int[0], new float[0], 0, 1, new Sample.Position(0, i, i, 0));
            requests.add(request);
            stages.add(LateLabels.open(request, 0, i));
            if (i >= 3 && i % 2 == 0) {
                stages.add(LateLabels.changed(requests.get(i - 3), 1, 0, i - 3));
            }
            if (i >= 5) {
                int closed = i - 5;
                boolean positive = closed % 2 == 1;
                stages.add(LateLabels.closed(requests.get(closed), positive ? 1 : 0, closed));
            }
        }
        return stages;
    }

    private static Sample with(Sample sample, double[] numbers) {
        return with(sample, new Sample.Features(numbers, new float[0], new int[0], new int[0], new float[0]));
    }

    private static Sample vector(Sample sample, double[] numbers) {
        float[] vector = {(float) numbers[0], (float) numbers[1]};
        return with(sample, new Sample.Features(new double[0], vector, new int[0], new int[0], new float[0]));
    }

    private static Sample with(Sample sample, Sample.Features features) {
        return new Sample(features, sample.label(), 1, false, sample.position(), sample.revision());
    }
}
