package io.freshet.learning.model;

import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ModelTable;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Every model of the table for single samples with every loss that it can learn, parsed from YAML, and samples for
 * them.
 */
public final class ModelCases {
    private static final String NUMBERS = "numeric: [a, b], dense: [{field: v, length: 3}]";
    private static final String HASHED = "categorical: [c, d], sparse: [s], hashBits: 3";

    private ModelCases() {}

    /** Returns the models and losses that an optimizer supports. */
    public static List<ModelSpec> all(String optimizer, String... more) {
        List<ModelSpec> specs = new ArrayList<>();
        for (Loss loss : TestSpecs.losses()) {
            if (loss.task() != Task.SEQUENCE) {
                for (String model : names().stream().sorted().toList()) {
                    if (TestSpecs.optimizers(model, loss).contains(optimizer)) {
                        specs.add(of(model, loss, optimizer, more));
                    }
                }
            }
        }
        return specs;
    }

    /** Returns the models of the table for single samples. */
    public static List<String> names() {
        return ModelTable.ALL.names().stream()
                .filter(name -> !name.equals("sequence"))
                .toList();
    }

    public static ModelSpec of(String model, Loss loss, String optimizer, String... more) {
        return of(model, "", loss, optimizer, more);
    }

    /** @param hyperparameters of the model, as {@code ", dropout: 0.5"} */
    public static ModelSpec of(String model, String hyperparameters, Loss loss, String optimizer, String... more) {
        return ModelSpec.parse(yaml(model, hyperparameters, loss, optimizer, more));
    }

    /** Returns the YAML of a model, with a learning rate of 0.05. */
    public static String yaml(String model, String hyperparameters, Loss loss, String optimizer, String... more) {
        String features = model.equals("mlp") ? NUMBERS : NUMBERS + ", " + HASHED;
        String small = hyperparameters;
        if (model.endsWith("mlp") && !small.contains("hidden")) {
            small += ", hidden: [6, 5]" + (small.contains("activation") ? "" : ", activation: tanh");
        }
        if (model.equals("embedding-mlp")) {
            small += ", dimension: 3";
        }
        return """
                name: test
                label: y
                weight: w
                features: {%s}
                model: {type: %s%s}
                outputs: %d
                loss: %s
                optimizer: {type: %s%s}
                """.formatted(
                                features,
                                model,
                                small,
                                TestSpecs.outputs(loss),
                                loss.name(),
                                optimizer,
                                TestSpecs.rate(optimizer, 0.05))
                + String.join("\n", more);
    }

    /** Draws the features, hidden layers and outputs of a model. */
    public static ModelSpec drawn(String model, String activation, Loss loss, SplittableRandom random) {
        String layers = ", activation: " + activation + ", hidden: "
                + random.ints(1 + random.nextInt(3), 1, 12).boxed().toList();
        String hyperparameters = switch (model) {
            case "factorization-machine" -> ", rank: " + random.nextInt(1, 10);
            case "mlp" -> layers;
            case "embedding-mlp" -> layers + ", dimension: " + random.nextInt(1, 6);
            default -> "";
        };
        String hashed = ", categorical: %s, sparse: %s, hashBits: %d"
                .formatted(some(1, random, "c", "d", "e"), some(0, random, "s"), random.nextInt(1, 6));
        return ModelSpec.parse("""
                name: test
                label: y
                weight: w
                features: {numeric: %s, dense: [{field: v, length: %d}]%s}
                model: {type: %s%s}
                outputs: %d
                loss: %s
                """.formatted(
                        some(0, random, "a", "b", "x"),
                        random.nextInt(1, 8),
                        model.equals("mlp") ? "" : hashed,
                        model,
                        hyperparameters,
                        random.nextInt(loss.minimumOutputs(), Math.min(loss.maximumOutputs(), 7) + 1),
                        loss.name()));
    }

    private static List<String> some(int least, SplittableRandom random, String... names) {
        return List.of(names).subList(0, random.nextInt(least, names.length + 1));
    }

    /** Draws samples with weights from 0.5 to 3, sometimes without a hashed feature in a field. */
    public static List<Sample> samples(ModelSpec spec, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return IntStream.range(0, count).mapToObj(i -> sample(spec, random, i)).toList();
    }

    private static Sample sample(ModelSpec spec, SplittableRandom random, int i) {
        double[] numeric =
                random.doubles(spec.features().numeric().size(), -2, 2).toArray();
        float[] dense = floats(random, spec.features().denseLength());
        int fields = spec.inputShape().fields();
        int first = 1 + spec.inputShape().numbers();
        int buckets = spec.inputShape().buckets();
        List<Integer> rows = new ArrayList<>();
        int[] ends = new int[spec.model().separatesFields() ? fields : 0];
        for (int field = 0; field < Math.min(fields, Math.max(1, ends.length)); field++) {
            random.ints(random.nextInt(4), first, first + buckets)
                    .distinct()
                    .sorted()
                    .forEach(rows::add);
            if (ends.length > 0) {
                ends[field] = rows.size();
            }
        }
        return new Sample(
                new Sample.Features(
                        numeric,
                        dense,
                        rows.stream().mapToInt(Integer::intValue).toArray(),
                        ends,
                        floats(random, rows.size())),
                RandomSamples.label(spec.loss(), spec.outputs(), random),
                (float) random.nextDouble(0.5, 3),
                false,
                new Sample.Position(i % 4, i / 4, 1000L + i, 0));
    }

    private static float[] floats(SplittableRandom random, int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) random.nextDouble(-2, 2);
        }
        return floats;
    }
}
