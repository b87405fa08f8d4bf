package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.FlatWeights;
import io.freshet.learning.SequenceCases;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.Task;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ModelTable;
import io.freshet.learning.spec.OptimizerTable;
import io.freshet.learning.yaml.SpecException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Would catch NaN or infinity in parameters, slots, moments, or metrics, for every model, loss, and optimizer of the tables,
 * at the most extreme rates, penalties, features, labels, and weights that a specification and the encoder accept.
 */
class ExtremeInputContractTest {
    private static final long SEED = 20260401;
    private static final int DRAWS = 2;
    private static final int SAMPLES = 240;
    private static final float[] FACTORS = {0, 1e-30f, 1, 1, 1, 1e4f, -1e4f, 1e15f, 1e30f, -1e38f};

    private static final List<Optimizer> OPTIMIZERS = OptimizerTable.ALL.names().stream()
            .map(name -> TestSpecs.optimizer(name, ""))
            .toList();

    static Stream<String> models() {
        return ModelTable.ALL.names().stream();
    }

    @ParameterizedTest
    @MethodSource("models")
    void the_state_stays_finite(String model) {
        SplittableRandom random = new SplittableRandom(SEED);
        int learned = 0;
        for (Loss loss : TestSpecs.losses()) {
            if (model.equals("sequence") != (loss.task() == Task.SEQUENCE)) {
                continue;
            }
            for (Optimizer optimizer : OPTIMIZERS) {
                for (int draw = 0; draw < DRAWS; draw++) {
                    ModelSpec spec = spec(model, loss, optimizer, random);
                    if (spec != null) {
                        learned += learn(spec, random.nextLong());
                    }
                }
            }
        }
        assertThat(learned).as("updates, seed %d", SEED).isPositive();
    }

    /** Returns null for a combination that a specification rejects. */
    private static ModelSpec spec(String model, Loss loss, Optimizer optimizer, SplittableRandom random) {
        boolean objective = optimizer.needsObjective();
        if (optimizer.looksAhead() && !TestSpecs.optimizers(model, loss).contains(optimizer.name())) {
            return null;
        }
        List<String> more = new ArrayList<>();
        more.add("batch: {size: " + (objective ? "full" : pick(random, "1", "7", "100")) + "}");
        more.add("epochs: 4");
        more.add("seed: " + random.nextInt(100));
        String l1 = objective ? "0" : pick(random, "0", "0.1", "1e6");
        String penalty = "regularization: {l1: " + l1 + ", l2: " + pick(random, "0", "0", "10", "1e6") + "}";
        more.add(optimizer.looksAhead() ? "" : penalty);
        if (!objective && !optimizer.looksAhead()) {
            more.add(pick(random, "", "", "clip: {value: 1e-30}", "clip: {value: 2, norm: 1}", "clip: {norm: 1e38}"));
        }
        String dropout = model.endsWith("mlp") && !objective ? pick(random, "", ", dropout: 0.5") : "";
        String activation = model.endsWith("mlp")
                ? ", activation: " + pick(random, "relu", "leaky-relu", "tanh", "sigmoid", "gelu")
                : "";
        String[] lines = more.toArray(new String[0]);
        String yaml = model.equals("sequence")
                ? SequenceCases.yaml(
                        pick(random, SequenceCases.FEATURES),
                        pick(random, SequenceCases.CELLS) + ", hidden: 4",
                        Stream.concat(
                                        Stream.of("optimizer: {type: " + optimizer.name() + ", learningRate: 0.05}"),
                                        Arrays.stream(lines))
                                .toArray(String[]::new))
                : ModelCases.yaml(model, dropout + activation, loss, optimizer.name(), lines);
        String decay = ", weightDecay: " + pick(random, "0", "0.5", "1000");
        String rate = "learningRate: " + pick(random, "0.05", "1", "1000", "1e-30")
                + (OptimizerTable.ALL.fields(optimizer).containsKey("weightDecay") ? decay : "");
        try {
            return ModelSpec.parse(yaml.replace("learningRate: 0.05", rate)
                    .replace("{numeric:", "{standardize: " + random.nextBoolean() + ", numeric:"));
        } catch (SpecException e) {
            return null;
        }
    }

    private static int learn(ModelSpec spec, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (Sample sample : spec.model().steps() > 0
                ? SequenceCases.samples(spec, SAMPLES, seed)
                : ModelCases.samples(spec, SAMPLES, seed)) {
            learner.learn(state, extreme(sample, spec, random));
            // No number becomes finite again.
            if (sample.offset() % 8 == 0) {
                assertFinite(state, spec, seed);
            }
        }
        learner.finish(state, () -> {});
        assertFinite(state, spec, seed);
        assertThat(state.samples() + state.rejected()).as("learned or rejected").isPositive();
        return (int) state.updates();
    }

    private static void assertFinite(LearnerState state, ModelSpec spec, long seed) {
        boolean finite = finite(FlatWeights.of(state.weights()))
                && Arrays.stream(state.moments()).allMatch(Double::isFinite)
                && Arrays.stream(state.updateMemory()).allMatch(Double::isFinite)
                && Arrays.stream(state.updateWindow().sums()).allMatch(Double::isFinite)
                && Double.isFinite(state.total().metrics().loss());
        if (!finite) {
            throw new AssertionError("parameters, moments or loss after %d samples: not finite; seed %d of%n%s"
                    .formatted(state.samples(), seed, spec.toYaml()));
        }
    }

    private static boolean finite(float[] numbers) {
        for (float number : numbers) {
            if (!Float.isFinite(number)) {
                return false;
            }
        }
        return true;
    }

    private static Sample extreme(Sample from, ModelSpec spec, SplittableRandom random) {
        double[] numeric = from.numeric().clone();
        for (int i = 0; i < numeric.length; i++) {
            numeric[i] *= FACTORS[random.nextInt(FACTORS.length)];
        }
        boolean words = spec.model().steps() > 0;
        return new Sample(
                new Sample.Features(
                        numeric,
                        scaled(from.dense(), random),
                        from.rows(),
                        from.ends(),
                        words ? from.values() : scaled(from.values(), random)),
                label(from.label(), spec, random),
                random.nextInt(4) > 0 ? from.weight() : pick(random, 0f, 1e-38f, 1e-10f, 1e20f, Float.MAX_VALUE),
                false,
                new Sample.Position(from.partition(), from.offset(), from.eventTime(), 0));
    }

    private static float[] scaled(float[] numbers, SplittableRandom random) {
        float[] scaled = numbers.clone();
        boolean all = random.nextBoolean();
        float factor = FACTORS[random.nextInt(FACTORS.length)];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= all ? factor : FACTORS[random.nextInt(FACTORS.length)];
        }
        return scaled;
    }

    /** Returns a label on the border of its range, or the one that there is. */
    private static float[] label(float[] from, ModelSpec spec, SplittableRandom random) {
        float[] label = from.clone();
        if (random.nextBoolean()) {
            return label;
        }
        float extreme = switch (spec.loss().task()) {
            case REGRESSION, NUMBER -> pick(random, 0f, 1e15f, -1e15f, 1e-40f);
            case BINARY, MASK, MARGIN -> pick(random, 0f, 1f);
            case MULTICLASS, SEQUENCE -> pick(random, 0f, spec.outputs() - 1f);
            case BOX -> pick(random, 0f, 1e-40f, 1e38f, -1e38f);
        };
        Arrays.fill(label, extreme);
        if (spec.loss().task() == Task.BOX && random.nextBoolean()) {
            label[2] = Math.max(label[0], 1e30f);
            label[3] = Math.max(label[1], 1e30f);
        }
        if (spec.loss().task() == Task.MULTICLASS && label.length == spec.outputs()) {
            Arrays.fill(label, 0);
            label[random.nextInt(label.length)] = 1;
        }
        if (spec.loss().labelExpectation(label, spec.outputs()) != null) {
            return from;
        }
        return label;
    }

    private static String pick(SplittableRandom random, String... from) {
        return from[random.nextInt(from.length)];
    }

    private static String pick(SplittableRandom random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static float pick(SplittableRandom random, float... from) {
        return from[random.nextInt(from.length)];
    }
}
