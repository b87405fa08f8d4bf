package io.freshet.schemas.snapshot;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Interleaving;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.model.Parameters;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Snapshots with random fields, some of them without meaning. */
final class RandomSnapshots {
    private static final List<ModelSpec> MODELS = Stream.of(
                    "features: {numeric: [a, b], categorical: [c], hashBits: 4}, loss: mean-squared-error",
                    "features: {numeric: [Größe]}, loss: binary-cross-entropy, optimizer: {type: rmsprop}, key: k",
                    "features: {categorical: [c], hashBits: 6}, loss: binary-cross-entropy,"
                            + " model: {type: factorization-machine, rank: 3}",
                    "features: {numeric: [a, b]}, model: {type: mlp, hidden: [8]}, outputs: 3,"
                            + " loss: sparse-categorical-cross-entropy")
            .map(model -> ModelSpec.parse("{name: m, label: y, " + model + "}"))
            .toList();

    private final Random random;

    RandomSnapshots(Random random) {
        this.random = random;
    }

    /** @param i selects the model */
    PublishedSnapshot published(int i) {
        Publication publication = new Publication(text(), number(), number(), text(), random.nextLong() >> 20, text());
        return new PublishedSnapshot(snapshot(MODELS.get(i % MODELS.size())), publication);
    }

    private Snapshot snapshot(ModelSpec spec) {
        float[] parameters = new float[spec.parameterCount()];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = Float.intBitsToFloat(random.nextInt());
        }
        return new Snapshot(
                spec,
                text(),
                number(),
                number(),
                Parameters.of(parameters),
                doubles(),
                lineage(),
                numbers(count()),
                metrics(),
                doubles());
    }

    private Lineage lineage() {
        int partitions = count();
        long position = random.nextInt(30);
        Interleaving order = new Interleaving();
        for (long i = random.nextInt(3) == 0 ? 1 : 0; i < position; i++) {
            order.received(random.nextInt(3));
        }
        return new Lineage(
                random.ints(partitions).toArray(),
                numbers(partitions),
                numbers(partitions),
                random.nextInt(3) == 0 ? Long.MIN_VALUE : random.nextLong() >> 20,
                position,
                list(() -> new Lineage.Change(number(), number(), text(), random.nextInt(), number())),
                list(() -> new Lineage.Undone(number(), number())),
                order);
    }

    private @Nullable Metrics metrics() {
        return random.nextInt(4) == 0
                ? null
                : new Metrics(
                        number(),
                        Arrays.stream(Metric.values())
                                .filter(metric -> metric == Metric.LOSS || random.nextBoolean())
                                .collect(Collectors.toMap(metric -> metric, metric -> random.nextGaussian())));
    }

    /** Returns numbers of any encoded length. */
    private long number() {
        return random.nextLong() >> random.nextInt(64);
    }

    private int count() {
        return random.nextInt(10) == 0 ? random.nextInt(200) : random.nextInt(3);
    }

    private long[] numbers(int count) {
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = number();
        }
        return numbers;
    }

    private double[] doubles() {
        return random.doubles(count(), -1e9, 1e9).toArray();
    }

    private <T> List<T> list(Supplier<T> item) {
        List<T> list = new ArrayList<>();
        for (int count = count(); count > 0; count--) {
            list.add(item.get());
        }
        return list;
    }

    /** Returns a text of up to 1,000 characters, which may have unpaired surrogates. */
    private String text() {
        StringBuilder text = new StringBuilder();
        int bound = random.nextBoolean() ? 0x80 : 0x10000;
        for (int length = random.nextInt(10) == 0 ? random.nextInt(1000) : random.nextInt(20); length > 0; length--) {
            text.append((char) random.nextInt(bound));
        }
        return text.toString();
    }
}
