package io.freshet.faults.load;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.SampleWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Generates samples from a seed, with an occasional malformed record.
 *
 * <p>There are five models, each with its own samples. {@code whole} has no key, and all its samples are in partition
 * 0. {@code keyed}, {@code net}, and {@code ledger} have the key c, which determines the partition. {@code large} takes
 * the partitions in turn. So the order of each model's samples is fixed. {@code ledger} and {@code large} publish to
 * the committed lane. {@code ledger} drops duplicates, and {@code large} is published in blocks, few of which change
 * between two snapshots.
 */
public final class SampleStream {
    public static final int PARTITIONS = 2;
    public static final List<ModelSpec> SPECS = List.of(
            ModelSpec.parse("""
                    {name: whole, label: y, weight: w, features: {numeric: [a, b], categorical: [c], cross: [[c, d]], hashBits: 8},
                     loss: binary-cross-entropy, optimizer: normalized-adagrad,
                     publish: {everySamples: 400, everyMillis: 300, minimumMillis: 0}}
                    """),
            ModelSpec.parse("""
                    {name: keyed, label: t, key: c, features: {numeric: [a, b], categorical: [d], hashBits: 5},
                     loss: mean-squared-error, optimizer: {type: adam}, batch: {size: 7},
                     publish: {everySamples: 100, everyMillis: 300, minimumMillis: 0}}
                    """),
            ModelSpec.parse("""
                    {name: net, label: t, key: c, features: {numeric: [a, b], categorical: [d], hashBits: 4},
                     model: {type: embedding-mlp, dimension: 4, hidden: [8]},
                     loss: mean-squared-error, optimizer: {type: rmsprop}, batch: {size: 5},
                     publish: {everySamples: 100, everyMillis: 300, minimumMillis: 0}}
                    """),
            ModelSpec.parse("""
                    {name: ledger, label: t, key: c, features: {numeric: [a, b], categorical: [d], hashBits: 4},
                     loss: mean-squared-error, optimizer: scale-free, deduplicate: 1h,
                     publish: {everySamples: 100, everyMillis: 300, lane: committed}}
                    """),
            ModelSpec.parse("""
                    {name: large, label: t, features: {numeric: [a], categorical: [d], hashBits: 17},
                     loss: mean-squared-error, optimizer: {type: sgd}, order: {type: strict, count: 50, idle: 0},
                     publish: {everySamples: 100, everyMillis: 300, lane: committed, fullEvery: 5}}
                    """));
    /**
     * Also has three models with a replica for each partition. {@code shared} sends changes of some blocks,
     * {@code pooled} gradients, and {@code wide} messages of several records. The rounds of {@code pooled} wait for both replicas.
     */
    public static final List<ModelSpec> WITH_REPLICAS = Stream.concat(
                    SPECS.stream(), Stream.of(ModelSpec.parse("""
                            {name: shared, label: y, features: {numeric: [a, b], categorical: [c, d], hashBits: 15},
                             loss: binary-cross-entropy, optimizer: {type: adam}, batch: {size: 3}, holdout: 0.1,
                             replicas: {count: 2, period: 40, idle: 2s},
                             publish: {everySamples: 100, everyMillis: 300, minimumMillis: 0}}
                            """), ModelSpec.parse("""
                            {name: pooled, label: y, features: {numeric: [a, b], categorical: [c], hashBits: 6},
                             loss: binary-cross-entropy, optimizer: {type: momentum}, batch: {size: 16},
                             replicas: {count: 2, merge: gradient, idle: 0},
                             publish: {everySamples: 100, everyMillis: 300, lane: committed}}
                            """), ModelSpec.parse("""
                            {name: wide, label: y, features: {numeric: [a], categorical: [c, d], hashBits: 4},
                             model: {type: embedding-mlp, dimension: 4, hidden: [640, 640]}, loss: binary-cross-entropy, optimizer: {type: sgd},
                             batch: {size: 8}, replicas: {count: 2, period: 200, idle: 2s},
                             publish: {everySamples: 2000, everyMillis: 3000}}
                            """)))
            .toList();

    private static final int KEYS = 20;
    private static final int MALFORMED_ONE_IN = 200;
    private static final SampleWriter WRITER = new SampleWriter();

    private final SplittableRandom random;
    private final List<ModelSpec> specs;
    private final int keys;
    private final boolean malformed;
    private long count;
    private boolean isSilent;

    /** A record of the samples topic. */
    public record Sent(int partition, byte[] value) {}

    public SampleStream(long seed) {
        this(seed, KEYS, true);
    }

    /** @param specs the models, {@link #SPECS} or {@link #WITH_REPLICAS} */
    public SampleStream(long seed, List<ModelSpec> specs) {
        this(seed, specs, KEYS, true);
    }

    /** @param malformed whether some records are malformed */
    public SampleStream(long seed, int keys, boolean malformed) {
        this(seed, SPECS, keys, malformed);
    }

    private SampleStream(long seed, List<ModelSpec> specs, int keys, boolean malformed) {
        this.specs = specs;
        random = new SplittableRandom(seed);
        this.keys = keys;
        this.malformed = malformed;
    }

    /** Makes all partitions except 0 silent, or ends that. Models that wait for every partition have no samples meanwhile. */
    public void silence(boolean silent) {
        isSilent = silent;
    }

    public Sent next() {
        long number = count++;
        int key;
        int partition;
        ModelSpec model;
        do {
            key = random.nextInt(keys);
            model = specs.get(random.nextInt(specs.size()));
            partition = model.name().equals("whole") ? 0 : key % PARTITIONS;
        } while (isSilent && (partition != 0 || waitsForAll(model)));
        if (malformed && random.nextInt(MALFORMED_ONE_IN) == 0) {
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
        texts.put("d", "d" + (number / 500 + random.nextInt(3)) % 100);
        // Some ids repeat.
        String id = number / 2_000 + "-" + key + "-" + random.nextInt(300);
        return new Sent(partition, WRITER.write(id, model.name(), 1_000_000 + number, numbers, texts));
    }

    private static boolean waitsForAll(ModelSpec model) {
        return model.stream().order().strict()
                || (model.replicas() != null && model.replicas().idleMillis() == 0);
    }
}
