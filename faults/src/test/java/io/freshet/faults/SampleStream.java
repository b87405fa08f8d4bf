package io.freshet.faults;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.SampleWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The same samples for the same seed, and now and then a record that is none.
 *
 * <p>Three models, each with samples of its own: one without a key, whose samples are all in partition 0, and two with the
 * key c, whose samples are in the partition that c decides. So every model and key has its condition, one partition.
 */
final class SampleStream {
    static final int PARTITIONS = 2;
    static final List<ModelSpec> SPECS = List.of(ModelSpec.parse("""
                    {name: whole, label: y, weight: w, features: {numeric: [a, b], categorical: [c], cross: [[c, d]], hashBits: 8},
                     loss: binary-cross-entropy, optimizer: {type: rmsprop}, publish: {everySamples: 400, everyMillis: 300}}
                    """), ModelSpec.parse("""
                    {name: keyed, label: t, key: c, features: {numeric: [a, b], categorical: [d], hashBits: 5},
                     loss: mean-squared-error, optimizer: {type: adam}, batch: {size: 7},
                     publish: {everySamples: 100, everyMillis: 300}}
                    """), ModelSpec.parse("""
                    {name: ledger, label: t, key: c, features: {numeric: [a, b], categorical: [d], hashBits: 4},
                     loss: mean-squared-error, optimizer: {type: sgd},
                     publish: {everySamples: 100, everyMillis: 300}}
                    """));
    private static final int KEYS = 20;
    private static final int BAD_ONE_IN = 200;
    private static final SampleWriter WRITER = new SampleWriter();

    private final SplittableRandom random;
    private long count;

    /** A record of the samples topic. */
    record Sent(int partition, byte[] value) {}

    SampleStream(long seed) {
        random = new SplittableRandom(seed);
    }

    Sent next() {
        long number = count++;
        int key = random.nextInt(KEYS);
        ModelSpec model = SPECS.get(random.nextInt(SPECS.size()));
        int partition = model.key() == null ? 0 : key % PARTITIONS;
        if (random.nextInt(BAD_ONE_IN) == 0) {
            byte[] bytes = new byte[random.nextInt(1, 100)];
            random.nextBytes(bytes);
            return new Sent(partition, bytes);
        }
        double a = random.nextDouble(-3, 3);
        double b = random.nextDouble(0, 1000);
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("a", a);
        numbers.put("b", b);
        numbers.put("y", a + random.nextDouble() > 0.5 ? 1.0 : 0.0);
        numbers.put("t", 3 * a - b / 100);
        numbers.put("w", random.nextDouble(0.1, 2));
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("c", "c" + key);
        texts.put("d", "d" + random.nextInt(100));
        return new Sent(partition, WRITER.write("", model.name(), 1_000_000 + number, numbers, texts));
    }
}
