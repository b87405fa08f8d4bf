package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.Gradient;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ModelTable;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a model, loss, or optimizer that learns a label which changes otherwise than one that is final. */
class LateLabelsContractTest {
    private static final long SEED = 20261201;
    private static final int SAMPLES = 60;

    static Stream<Arguments> models() {
        return ModelTable.ALL.names().stream()
                .filter(model -> !model.equals("sequence"))
                .flatMap(model -> Stream.of(
                                "binary-cross-entropy",
                                "mean-squared-error",
                                "poisson",
                                "sparse-categorical-cross-entropy")
                        .map(loss -> Arguments.of(model, TestSpecs.loss(loss))));
    }

    private static List<ModelSpec> specs(String model, Loss loss, int... batchSizes) {
        List<ModelSpec> specs = new ArrayList<>();
        for (String optimizer : TestSpecs.optimizers(model, loss)) {
            for (int size : batchSizes) {
                specs.add(ModelSpec.parse(yaml(model, loss, optimizer, size)));
            }
        }
        return specs;
    }

    private static String yaml(String model, Loss loss, String optimizer, int batchSize) {
        String yaml = EverythingContractTest.yaml(model, loss, optimizer, batchSize) + "join: {within: 1h, after: 0}\n";
        return loss.labelLength(4) == 1 ? yaml : yaml.replace("outputs: 4", "outputs: 1");
    }

    @ParameterizedTest
    @MethodSource("models")
    void an_open_sample_closed_at_once_is_a_complete_one(String model, Loss loss) {
        for (ModelSpec spec : specs(model, loss, 1, 7)) {
            Learner learner = new Learner(spec);
            LearnerState complete = learner.start();
            LearnerState late = learner.start();
            List<Sample> samples = EverythingContractTest.encoded(spec, SAMPLES, SEED);
            for (int i = 0; i < samples.size(); i++) {
                Sample sample = samples.get(i);
                float label = sample.label()[0];
                learner.learn(complete, sample);
                learner.learn(late, LateLabels.open(sample, label, i));
                learner.learn(late, LateLabels.closed(sample, label, i));
            }
            learner.finish(complete, () -> {});
            assertThat(late.pendingSize())
                    .isEqualTo(SAMPLES % spec.training().batch().size());
            learner.finish(late, () -> {});
            assertThat(late.rejected()).isZero();
            assertThat(late.weights()).as("%s", spec).isEqualTo(complete.weights());
            assertThat(late.moments()).as("%s", spec).isEqualTo(complete.moments());
            assertThat(late.samples()).isEqualTo(complete.samples());
            assertThat(late.updates()).isEqualTo(complete.updates());
            assertThat(late.corrections()).isZero();
            double expected = complete.total().metrics().loss();
            assertThat(late.total().metrics().loss())
                    .as("%s", spec)
                    .isEqualTo(expected, within(1e-5 * (1 + Math.abs(expected))));
            assertThat(late.total().samples()).isEqualTo(SAMPLES);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void the_first_label_and_its_correction_have_the_gradient_of_the_final_one(String model, Loss loss) {
        String yaml = yaml(model, loss, "sgd", 2).replace("dropout: 0.2", "dropout: 0");
        ModelSpec spec = ModelSpec.parse(yaml.replace("standardize: true", "standardize: false")
                .replace("{numeric:", "{standardize: false, numeric:"));
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        List<Sample> samples = EverythingContractTest.encoded(spec, SAMPLES, SEED);
        samples.subList(0, SAMPLES / 2).forEach(sample -> learner.learn(state, sample));
        Learner still = learner.withoutSteps();
        for (int i = SAMPLES / 2; i + 1 < SAMPLES; i++) {
            Sample sample = samples.get(i);
            float first = samples.get(i + 1).label()[0];
            float last = sample.label()[0];
            LearnerState late = state.copy();
            still.learn(late, LateLabels.open(sample, first, i));
            still.learn(late, LateLabels.changed(sample, last, first, i));
            Map<Integer, Double> actual = components(still.gradient());
            LearnerState known = state.copy();
            still.learn(known, sample);
            still.learn(known, sample);
            Map<Integer, Double> expected = components(still.gradient());
            assertThat(late.pendingSize()).isZero();
            double scale = 1 + Math.abs(first) + Math.abs(last);
            expected.forEach((place, gradient) -> assertThat(actual.getOrDefault(place, 0.0))
                    .as("%s, sample %d, component %d", spec, sample.offset(), place)
                    .isEqualTo(gradient / 2, within(2e-5 * scale + 2e-5 * Math.abs(gradient))));
            assertThat(actual.keySet()).isEqualTo(expected.keySet());
        }
    }

    private static Map<Integer, Double> components(Gradient gradient) {
        Map<Integer, Double> components = new TreeMap<>();
        int width = gradient.width();
        for (int i = 0; i < gradient.count(); i++) {
            for (int k = 0; k < width; k++) {
                components.merge(
                        gradient.rows()[i] * width + k, (double) gradient.values()[i * width + k], Double::sum);
            }
        }
        for (int i = 0; i < gradient.dense().length; i++) {
            components.put(1_000_000 + gradient.denseFrom() + i, (double) gradient.dense()[i]);
        }
        return components;
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_state_restored_between_stages_learns_the_same_bits(String model, Loss loss) throws IOException {
        for (ModelSpec spec : specs(model, loss, 1, 7)) {
            List<Sample> stages = stages(spec, SEED);
            Learner learner = new Learner(spec);
            LearnerState state = EverythingContractTest.learn(learner, learner.start(), stages);
            assertThat(state.rejected()).as("%s", spec).isZero();
            assertThat(state.corrections()).as("%s", spec).isPositive();
            byte[] expected = LearnerTest.bytes(state);
            SplittableRandom random = new SplittableRandom(SEED);
            int k = random.nextInt(stages.size());
            byte[] saved =
                    LearnerTest.bytes(EverythingContractTest.learn(learner, learner.start(), stages.subList(0, k)));
            LearnerState restored = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(saved)));
            assertThat(LearnerTest.bytes(restored)).isEqualTo(saved);
            LearnerState copy = restored.copy();
            List<Sample> rest = stages.subList(k, stages.size());
            assertThat(LearnerTest.bytes(EverythingContractTest.learn(new Learner(spec), restored, rest)))
                    .as("%s, restored at %d", spec, k)
                    .isEqualTo(expected);
            assertThat(LearnerTest.bytes(EverythingContractTest.learn(learner, copy, rest)))
                    .as("%s, copied at %d", spec, k)
                    .isEqualTo(expected);
        }
    }

    /** The least of several rounds: once, the JVM makes the literals of a class that it compiles, as those of BLAS, in this thread. */
    @ParameterizedTest
    @MethodSource("models")
    void learning_stages_allocates_nothing(String model, Loss loss) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ModelSpec spec = ModelSpec.parse(yaml(model, loss, "adagrad", 3));
        List<Sample> stages = stages(spec, SEED);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 8; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            EverythingContractTest.learn(learner, state, stages);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least / stages.size()).as("bytes per sample, %s", spec).isZero();
        OpenPredictions open = state.useOpenPredictions(spec.logitCount());
        assertThat(open.unmatched()).isZero();
        assertThat(open.dropped()).isZero();
        assertThat(state.corrections()).isPositive();
    }

    /** Draws requests whose stages interleave, and complete samples among them. */
    private static List<Sample> stages(ModelSpec spec, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Sample> drawn = EverythingContractTest.encoded(spec, SAMPLES, seed);
        TreeMap<Double, Sample> byTime = new TreeMap<>();
        for (int i = 0; i < drawn.size(); i++) {
            Sample sample = drawn.get(i);
            float label = sample.label()[0];
            if (random.nextInt(4) == 0) {
                byTime.put((double) i, sample);
                continue;
            }
            byTime.put((double) i, LateLabels.open(sample, label, i));
            double time = i;
            for (int change = random.nextInt(3); change > 0; change--) {
                float next = drawn.get(random.nextInt(drawn.size())).label()[0];
                time += random.nextDouble(0.1, 9);
                byTime.put(time, LateLabels.changed(sample, next, label, i));
                label = next;
            }
            byTime.put(time + random.nextDouble(0.1, 9), LateLabels.closed(sample, label, i));
        }
        assertThat(byTime.values().stream().map(Sample::stage).distinct()).hasSize(Stage.values().length);
        return List.copyOf(byTime.values());
    }
}
