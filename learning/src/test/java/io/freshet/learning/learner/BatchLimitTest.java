package io.freshet.learning.learner;

import static io.freshet.learning.learner.LearnerTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.model.Batch;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Would catch a pending batch that outgrows the arrays, or the value of the state that contains it: words count, however many a
 * sample has. The limits here are those of a few samples.
 */
class BatchLimitTest {
    private static final int WORDS = 50;

    @Test
    void a_full_batch_rejects_samples_beyond_its_limit() {
        ModelSpec spec = spec("full");
        Learner learner = new Learner(spec, stored(spec, samples(3)));
        LearnerState state = learner.start();
        for (Sample sample : samples(3)) {
            learner.learn(state, sample);
            assertThat(learner.rejections().count()).isZero();
        }
        learner.learn(state, sample(3, 1));

        assertThat(learner.rejections().count()).isEqualTo(1);
        assertThat(learner.rejections().reason(0))
                .isEqualTo("batch.size: full (expected: samples of up to " + stored(spec, samples(3))
                        + " bytes, as they are stored)");
        assertThat(learner.rejections().offset(0)).isEqualTo(3);
        assertThat(state.rejected()).isEqualTo(1);
        assertThat(state.pending().size()).isEqualTo(3);
        learner.finish(state, () -> {});
        assertThat(state.samples()).isEqualTo(3);
        assertThat(state.updates()).isEqualTo(1);
    }

    @Test
    void a_sample_larger_than_the_limit_is_learned_alone() {
        Learner learner = new Learner(spec("100"), 1);
        LearnerState state = learner.start();
        for (Sample sample : samples(3)) {
            learner.learn(state, sample);
            assertThat(learner.rejections().count()).isZero();
        }
        assertThat(state.updates()).isEqualTo(2);
        assertThat(state.pending().size()).isEqualTo(1);
    }

    /** Rejecting every further sample would end the learning of the model. */
    @Test
    void a_batch_that_reaches_the_limit_is_learned_early() {
        ModelSpec spec = spec("100");
        Learner limited = new Learner(spec, stored(spec, samples(3)));
        LearnerState state = limited.start();
        Learner three = new Learner(spec("3"));
        LearnerState expected = three.start();
        for (Sample sample : samples(10)) {
            limited.learn(state, sample);
            assertThat(limited.rejections().count()).isZero();
            three.learn(expected, sample);
        }
        assertThat(state.updates()).isEqualTo(3);
        assertThat(state.weights()).isEqualTo(expected.weights());
        assertThat(state.pending().size()).isEqualTo(1);
        assertThat(bytes(state)).hasSameSizeAs(bytes(expected));
    }

    private static ModelSpec spec(String batch) {
        return ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a], tokens: [t],"
                + " hashBits: 8}, optimizer: {type: sgd}, batch: {size: " + batch + "}}");
    }

    private static long stored(ModelSpec spec, List<Sample> samples) {
        Batch batch = new Batch(spec.model().batchShape(spec.inputShape(), spec.labelLength()));
        Standardizer standardizer = spec.features().standardizer();
        for (Sample sample : samples) {
            if (spec.training().batch().isFull()) {
                batch.addRaw(sample);
            } else {
                batch.add(sample, standardizer, standardizer.start());
            }
        }
        // Whether the numbers stay raw is known only when the sample is added.
        return spec.training().batch().isFull() ? batch.storedBytes() : batch.storedBytes() + Double.BYTES;
    }

    private static List<Sample> samples(int count) {
        return IntStream.range(0, count).mapToObj(i -> sample(i, WORDS)).toList();
    }

    private static Sample sample(int offset, int words) {
        int[] rows = IntStream.range(0, words).map(word -> 2 + word).toArray();
        float[] values = new float[words];
        Arrays.fill(values, 0.1f);
        return new Sample(
                new Sample.Features(new double[] {offset % 5}, new float[0], rows, new int[] {words}, values),
                new float[] {offset % 3},
                1,
                false,
                new Sample.Position(0, offset, 1_000 + offset, 0));
    }
}
