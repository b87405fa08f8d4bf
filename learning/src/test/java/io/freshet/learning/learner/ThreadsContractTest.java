package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.SequenceCases;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Would catch a sum whose order depends on the threads, scratch space that two threads share, and a range that the next loop
 * overtakes: the models are large enough that each of their loops has several ranges.
 */
class ThreadsContractTest {
    private static final int BATCH = 96;
    private static final int BATCHES = 12;
    private static final String DENSE = "features: {dense: {field: x, length: 256}}, ";
    private static final String LAYERS = "hidden: [256, 160], activation: ";

    static Stream<String> models() {
        Stream<String> optimizers = TestSpecs.steppingOptimizers().stream()
                .map(optimizer -> DENSE + "model: {type: mlp, " + LAYERS + "relu}, outputs: 10, "
                        + "loss: sparse-categorical-cross-entropy, optimizer: {type: " + optimizer
                        + TestSpecs.rate(optimizer, 0.01) + "}");
        return Stream.concat(
                optimizers,
                Stream.of(
                        DENSE + "model: {type: mlp, hidden: [1024, 600], activation: gelu, dropout: 0.2}, outputs: 10, "
                                + "loss: sparse-categorical-cross-entropy, optimizer: adam, clip: {value: 1, norm: 0.1}, "
                                + "regularization: {l1: 0.001, l2: 0.01}",
                        DENSE + "model: {type: mlp, hidden: [16], activation: sigmoid}, outputs: 500, "
                                + "loss: sparse-categorical-cross-entropy, optimizer: adagrad",
                        DENSE + "model: {type: mlp, " + LAYERS + "tanh}, loss: binary-cross-entropy, "
                                + "optimizer: lbfgs, batch: full, epochs: 4",
                        "features: {dense: {field: x, length: 16}, sparse: [{field: s, hash: true}], hashBits: 16}, model: "
                                + "{type: embedding-mlp, dimension: 16, " + LAYERS
                                + "relu}, loss: binary-cross-entropy, "
                                + "optimizer: adam",
                        "features: {sparse: [{field: s, hash: true}], hashBits: 16}, model: {type: linear}, "
                                + "loss: binary-cross-entropy, optimizer: adagrad"));
    }

    static Stream<ModelSpec> specs() {
        Stream<ModelSpec> models = models().map(model -> ModelSpec.parse(
                "{name: m, label: y, " + model + (model.contains("batch: ") ? "}" : ", batch: " + BATCH + "}")));
        return Stream.concat(
                models,
                Stream.of(SequenceCases.spec(
                        "dense: [{field: v, length: 8}]",
                        "cell: gru, hidden: 128",
                        "batch: " + BATCH,
                        "optimizer: adam")));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void learns_the_same_bits_with_any_number_of_threads(ModelSpec spec) throws IOException {
        List<Sample> samples = spec.model().steps() > 0
                ? SequenceCases.samples(spec, BATCH * BATCHES, 7)
                : samples(spec, new SplittableRandom(7));
        byte[] alone = learned(spec, samples, ThreadTeam.ALONE, ThreadTeam.ALONE);
        for (int threads : new int[] {2, 3, 8}) {
            try (ThreadTeam team = new ThreadTeam(threads, "learner", System::nanoTime);
                    ThreadTeam other = new ThreadTeam(5 - threads / 2, "restarted", System::nanoTime)) {
                assertThat(learned(spec, samples, team, other))
                        .as("%d threads, then %d, %s", threads, other.threads(), spec)
                        .isEqualTo(alone);
            }
        }
    }

    /** Learns samples with one team, and after a restart with another. */
    private static byte[] learned(ModelSpec spec, List<Sample> samples, ThreadTeam first, ThreadTeam second)
            throws IOException {
        LearnerState state = learn(spec, first, new Learner(spec).start(), samples.subList(0, samples.size() / 2));
        LearnerState restored =
                LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(LearnerTest.bytes(state))));
        return LearnerTest.bytes(learn(spec, second, restored, samples.subList(samples.size() / 2, samples.size())));
    }

    private static LearnerState learn(ModelSpec spec, ThreadTeam team, LearnerState state, List<Sample> samples) {
        Learner learner = new Learner(spec, null, List.of(), team);
        samples.forEach(sample -> learner.learn(state, sample));
        if (spec.training().batch().isFull()) {
            learner.finish(state, () -> {});
        }
        return state;
    }

    private static List<Sample> samples(ModelSpec spec, SplittableRandom random) {
        int length = spec.inputShape().numbers();
        int buckets = spec.inputShape().buckets();
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < BATCH * BATCHES; i++) {
            float[] dense = new float[length];
            for (int k = 0; k < length; k++) {
                dense[k] = (float) random.nextDouble(-1, 1);
            }
            int[] rows = random.ints(buckets == 0 ? 0 : 100, 1 + length, 1 + length + Math.max(1, buckets))
                    .sorted()
                    .distinct()
                    .toArray();
            float[] values = new float[rows.length];
            for (int k = 0; k < values.length; k++) {
                values[k] = (float) random.nextDouble(-1, 1);
            }
            int[] ends = spec.model().separatesFields() ? new int[] {rows.length} : new int[0];
            samples.add(new Sample(
                    new Sample.Features(new double[0], dense, rows, ends, values),
                    new float[] {random.nextInt(spec.outputs() == 1 ? 2 : spec.outputs())},
                    i % 11 == 0 ? 0.5f : 1,
                    false,
                    new Sample.Position(0, i, i, i < BATCH * BATCHES / 2 ? 0 : 1)));
        }
        return samples;
    }
}
