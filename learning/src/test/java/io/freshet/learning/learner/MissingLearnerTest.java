package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a prediction that fills in another mean than the learner, and a mean that a restart loses. */
class MissingLearnerTest {
    private static final long SEED = 20261202;
    private static final int SAMPLES = 500;
    private static final String MEANS = "standardize: false, missing: {default: mean, fields: {b: indicator}}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "missing: indicator}, model: linear",
                "missing: mean, standardize: {decay: 0.98}}, model: linear",
                MEANS + "}, model: linear",
                "missing: {default: zero, fields: {c: reject}}}, model: linear",
                "missing: indicator}, model: {type: factorization-machine, rank: 3}",
                MEANS + "}, model: {type: embedding-mlp, dimension: 3, hidden: [4]}"
            })
    void predictions_and_a_restarted_learner_have_the_bits_of_the_learner(String rest) throws Exception {
        ModelSpec spec = spec(rest);
        Learner learner = new Learner(spec);
        Learner restarted = new Learner(spec);
        LearnerState state = learner.start();
        LearnerState other = restarted.start();
        for (Sample sample : samples(spec)) {
            String what = "seed " + SEED + ", offset " + sample.offset();
            float[] predicted = new Predictor(learner.snapshot(state, "")).predict(sample);
            learner.learn(state, sample);
            assertThat(learner.lastPrediction()).as(what).startsWith(predicted);
            other = restored(other);
            restarted.learn(other, sample);
            assertThat(other.weights()).as(what).isEqualTo(state.weights());
            assertThat(other.moments()).as(what).isEqualTo(state.moments());
        }
        assertThat(state.rejected()).isZero();
        assertThat(state.weights().parameters()).doesNotContain(Float.NaN);
    }

    @Test
    void a_sample_learned_in_place_has_the_bits_of_a_packed_one() throws Exception {
        ModelSpec spec = spec("missing: indicator}, optimizer: sgd");
        Learner inPlace = new Learner(spec);
        Learner packed = new Learner(spec("missing: indicator}, optimizer: sgd, clip: {value: 1.0e+30}"));
        LearnerState state = inPlace.start();
        LearnerState expected = packed.start();
        for (Sample sample : samples(spec)) {
            inPlace.learn(state, sample);
            packed.learn(expected, sample);
            assertThat(state.weights()).as("offset " + sample.offset()).isEqualTo(expected.weights());
        }
        assertThat(state.moments()).isEqualTo(expected.moments());
    }

    /** The same model learns from samples without the numbers, and from samples with the mean of all in their place. */
    @Test
    void a_full_batch_fills_in_the_mean_of_all_samples() throws Exception {
        ModelSpec spec = spec("missing: mean, standardize: false}, batch: full, optimizer: {type: lbfgs}, epochs: 5");
        List<Sample> samples = samples(spec);
        LearnerState state = learn(spec, samples);
        List<Sample> imputed =
                samples.stream().map(sample -> imputed(sample, state.moments())).toList();
        Predictor predictor = new Predictor(new Learner(spec).snapshot(state, ""));
        Predictor expected = new Predictor(new Learner(spec).snapshot(learn(spec, imputed), ""));
        for (int i = 0; i < SAMPLES; i++) {
            assertThat(predictor.predict(samples.get(i))).as("sample " + i).isEqualTo(expected.predict(imputed.get(i)));
        }
    }

    private static Sample imputed(Sample sample, double[] moments) {
        double[] numeric = sample.numeric().clone();
        for (int j = 0; j < numeric.length; j++) {
            numeric[j] = Double.isNaN(numeric[j]) ? moments[1 + 2 * j] : numeric[j];
        }
        return Sample.of(
                numeric,
                sample.rows(),
                sample.values(),
                sample.label()[0],
                sample.weight(),
                new Sample.Position(0, sample.offset(), 0, 0));
    }

    /** Whether a number is missing is the only information here. */
    @Test
    void an_indicator_learns_what_a_missing_number_means() {
        ModelSpec spec = ModelSpec.parse("""
                {name: m, label: y, features: {numeric: [a], missing: indicator}, loss: mean-squared-error,
                 optimizer: {type: sgd, learningRate: 0.1}}
                """);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (int i = 0; i < 2000; i++) {
            boolean missing = i % 3 == 0;
            double[] numeric = {missing ? Double.NaN : i % 2, missing ? 1 : 0};
            learner.learn(
                    state,
                    Sample.of(numeric, new int[0], new float[0], missing ? 7 : 2, 1, new Sample.Position(0, i, 0, 0)));
        }
        float[] parameters = state.weights().parameters();
        assertThat(parameters[0]).isEqualTo(2, within(1e-3f));
        assertThat(parameters[1]).isEqualTo(0, within(1e-3f));
        assertThat(parameters[2]).isEqualTo(5, within(1e-3f));
    }

    private static LearnerState learn(ModelSpec spec, List<Sample> samples) {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        samples.forEach(sample -> learner.learn(state, sample));
        learner.finish(state, () -> {});
        return state;
    }

    private static LearnerState restored(LearnerState state) throws IOException {
        return LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(LearnerTest.bytes(state))));
    }

    private static ModelSpec spec(String rest) {
        return ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a, b],"
                + " categorical: [c], hashBits: 4, " + rest + "}");
    }

    /** Encodes rows that lack numbers, and a category unless the model requires it. */
    private static List<Sample> samples(ModelSpec spec) throws InvalidSampleException {
        SplittableRandom random = new SplittableRandom(SEED);
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Row row = new Row(layout);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            row.clear();
            row.number(layout.number("y"), random.nextDouble());
            if (random.nextInt(3) > 0) {
                row.number(layout.number("a"), 3 + random.nextDouble());
            }
            if (random.nextInt(10) == 0) {
                row.number(layout.number("b"), -2 * random.nextDouble());
            }
            if (random.nextBoolean() || !spec.features().missing().allows("c")) {
                row.copyText(layout.text("c"), "c" + random.nextInt(5));
            }
            samples.add(encoder.encode(row, 0, i));
        }
        return samples;
    }
}
