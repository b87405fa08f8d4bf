package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.freshet.learning.FlatWeights;
import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.BoxIou;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.MeanSquaredError;
import io.freshet.learning.loss.Task;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ModelTable;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a model, loss, or optimizer that fails in combination: from the fields of a record to the predictions of a
 * snapshot, for every combination that a specification allows.
 */
class EverythingContractTest {
    private static final long SEED = 20260402;
    private static final int SAMPLES = 80;
    private static final int SAMPLES_TO_COMPILE = 200;

    static Stream<Arguments> models() {
        return ModelTable.ALL.names().stream()
                .flatMap(model -> TestSpecs.losses().stream()
                        .filter(loss -> model.equals("sequence") == (loss.task() == Task.SEQUENCE))
                        .map(loss -> Arguments.of(model, loss)));
    }

    /** Returns the specifications of a model with each optimizer and each batch size. */
    static List<ModelSpec> specs(String model, Loss loss, Object... batchSizes) {
        return TestSpecs.optimizers(model, loss).stream()
                .flatMap(optimizer ->
                        Arrays.stream(batchSizes).map(size -> ModelSpec.parse(yaml(model, loss, optimizer, size))))
                .toList();
    }

    static String yaml(String model, Loss loss, String optimizer, Object batchSize) {
        String numbers = "numeric: [a, b], dense: [{field: v, length: 3, standardize: true}]";
        String hashed = "categorical: [c], tokens: [t], cross: [[c, d]], sparse: [s], hashBits: 6";
        String features = switch (model) {
            case "mlp" -> numbers;
            case "sequence" -> "dense: [{field: v, length: 3, standardize: true}], tokens: [t], hashBits: 6";
            default -> numbers + ", " + hashed;
        };
        String hyperparameters = switch (model) {
            case "factorization-machine" -> ", rank: 2";
            case "mlp" -> ", hidden: [6, 5], dropout: 0.2";
            case "embedding-mlp" -> ", hidden: [6], dimension: 3";
            case "sequence" -> ", hidden: 5, steps: 5, embedding: 3";
            default -> "";
        };
        return """
                name: test
                label: y
                weight: w
                features: {%s}
                model: {type: %s%s}
                outputs: %d
                loss: %s
                optimizer: {type: %s%s}
                batch: {size: %s}
                """.formatted(
                        features,
                        model,
                        hyperparameters,
                        TestSpecs.outputs(loss),
                        loss.name(),
                        optimizer,
                        TestSpecs.rate(optimizer, 0.001),
                        batchSize);
    }

    @ParameterizedTest
    @MethodSource("models")
    void interrupted_and_interleaved_states_learn_the_same_bits(String model, Loss loss) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED + (model + loss.name()).hashCode());
        for (ModelSpec spec : specs(model, loss, 1, 7)) {
            List<Sample> samples = encoded(spec, SAMPLES, SEED);
            Learner learner = new Learner(spec);
            LearnerState state = learn(learner, learner.start(), samples);
            assertThat(state.rejected()).as("%s, seed %d", spec, SEED).isZero();
            assertThat(state.total().metrics().loss())
                    .as("%s, seed %d", spec, SEED)
                    .isFinite()
                    .isNotNegative();
            if (!(spec.loss() instanceof BoxIou)) { // its gradient is 0 until the boxes touch
                assertThat(state.weights())
                        .as("%s", spec)
                        .isNotEqualTo(learner.start().weights());
            }
            byte[] expected = LearnerTest.bytes(state);

            int k = random.nextInt(SAMPLES);
            byte[] saved = LearnerTest.bytes(learn(learner, learner.start(), samples.subList(0, k)));
            LearnerState restored = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(saved)));
            LearnerState other = learner.start();
            List<Sample> others = encoded(spec, SAMPLES, SEED + 1);
            Learner turns = new Learner(spec);
            for (int i = k; i < SAMPLES; i++) {
                turns.learn(other, others.get(i));
                turns.learn(restored, samples.get(i));
            }
            assertThat(LearnerTest.bytes(restored))
                    .as("%s, seed %d, resumed at %d, interleaved", spec, SEED, k)
                    .isEqualTo(expected);
            assertThat(LearnerTest.bytes(other))
                    .as("%s, the other, seed %d", spec, SEED)
                    .isEqualTo(LearnerTest.bytes(learn(learner, learner.start(), others.subList(k, SAMPLES))));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_snapshot_predicts_the_same_as_the_learner(String model, Loss loss) {
        for (ModelSpec spec : specs(model, loss, 1, 7)) {
            List<Sample> samples = encoded(spec, 15, SEED);
            Learner learner = new Learner(spec);
            LearnerState state = learn(learner, learner.start(), samples.subList(0, 14));
            assertThat(state.pending().size()).isZero();
            // A batch of one sample has the bits of a single prediction.
            Sample next = samples.get(14);
            float[] served = new Predictor(learner.snapshot(state, "")).predict(next);
            learner.learn(state, next);
            learner.finish(state, () -> {});
            assertThat(served)
                    .as("%s, seed %d", spec, SEED)
                    .isEqualTo(Arrays.copyOf(learner.lastPrediction(), served.length));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "factorization-machine"})
    void the_same_numbers_as_a_vector_and_as_fields_are_the_same_model(String model) throws InvalidSampleException {
        for (String optimizer : TestSpecs.optimizers(model, new MeanSquaredError())) {
            for (int size : new int[] {1, 7}) {
                float[] fields = learned(model, optimizer, size, "numeric: [a, b, c]");
                assertThat(learned(model, optimizer, size, "dense: [{field: v, length: 3, standardize: true}]"))
                        .as("%s, batch %d, seed %d", optimizer, size, SEED)
                        .isEqualTo(fields);
            }
        }
    }

    private static float[] learned(String model, String optimizer, int size, String features)
            throws InvalidSampleException {
        ModelSpec spec =
                ModelSpec.parse("""
                name: test
                label: y
                features: {%s}
                model: {type: %s}
                loss: mean-squared-error
                optimizer: {type: %s%s}
                batch: {size: %d}
                """.formatted(features, model, optimizer, TestSpecs.rate(optimizer, 0.001), size));
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < SAMPLES; i++) {
            row.clear();
            float[] x = {(float) random.nextDouble(), (float) random.nextDouble(5, 9), (float) random.nextDouble(-2, 0)
            };
            for (int j = 0; j < 3; j++) {
                int place = layout.number(List.of("a", "b", "c").get(j));
                if (place >= 0) {
                    row.number(place, x[j]);
                }
            }
            if (layout.vector("v") >= 0) {
                System.arraycopy(x, 0, row.vector(layout.vector("v"), 3), 0, 3);
            }
            row.number(layout.number("y"), x[0] - x[2]);
            learner.learn(state, encoder.encode(row, 0, i));
        }
        return FlatWeights.of(state.weights());
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "factorization-machine", "mlp", "embedding-mlp", "sequence"})
    void learning_a_sample_allocates_nothing(String model) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        Loss loss = TestSpecs.loss(model.equals("sequence") ? "sequence-cross-entropy" : "categorical-cross-entropy");
        for (ModelSpec spec : specs(model, loss, 1, 7)) {
            List<Sample> samples = encoded(spec, SAMPLES_TO_COMPILE, SEED);
            Learner learner = new Learner(spec);
            LearnerState state = learn(learner, learner.start(), samples);
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < samples.size(); i++) {
                learner.learn(state, samples.get(i));
            }
            long perSample = (threads.getThreadAllocatedBytes(thread) - before) / samples.size();
            // Tolerates occasional allocations by the virtual machine.
            assertThat(perSample).as("bytes per sample, %s", spec).isLessThan(16);
        }
    }

    static LearnerState learn(Learner learner, LearnerState state, List<Sample> samples) {
        for (Sample sample : samples) {
            learner.learn(state, sample);
        }
        return state;
    }

    /** Draws records and encodes them. */
    static List<Sample> encoded(ModelSpec spec, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Row row = new Row(layout);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            row.clear();
            row.eventTime(1000L + i);
            int steps =
                    spec.model().steps() > 0 ? random.nextInt(1, spec.model().steps() + 1) : 1;
            for (String name : layout.numbers()) {
                row.number(
                        layout.number(name), name.equals("w") ? random.nextDouble(0.5, 2) : random.nextDouble(-9, 9));
            }
            for (String name : layout.texts()) {
                row.copyText(layout.text(name), text(name, spec.model().steps() > 0 ? steps : -1, random));
            }
            float[] v = row.vector(layout.vector("v"), 3 * steps);
            for (int j = 0; j < 3 * steps; j++) {
                v[j] = (float) random.nextDouble(-2, 2);
            }
            float[] label = RandomSamples.label(spec.loss(), spec.outputs(), random);
            if (spec.fields().labelIsVector()) {
                int length = spec.model().steps() > 0 ? steps : label.length;
                System.arraycopy(label, 0, row.vector(layout.vector("y"), length), 0, length);
            } else {
                row.number(layout.number("y"), label[0]);
            }
            try {
                samples.add(encoder.encode(row, i % 2, i));
            } catch (InvalidSampleException e) {
                throw new AssertionError(e);
            }
        }
        return samples;
    }

    /** @param words the exact number of words; -1 for any */
    private static String text(String field, int words, SplittableRandom random) {
        if (field.equals("s")) {
            return random.nextInt(5) == 0 ? "" : random.nextInt(9) + ":0.5 " + random.nextInt(9) + ":-1.25";
        }
        int count = words >= 0 ? words : field.equals("t") ? random.nextInt(4) : 1;
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add("word" + random.nextInt(6));
        }
        return String.join(" ", parts);
    }
}
