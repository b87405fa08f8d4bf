package io.freshet.schemas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Interleaving;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Round;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.kafka.RecordLimit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Would catch a snapshot larger than a producer's default limit, which would fail the job after every restart. */
class SnapshotLimitsTest {
    private static final long MANY = 1_000_000_000_000L;
    private static final int LISTED = 1_000;
    private static final int STANDARDIZED = 32_000;

    /** Two outputs, for nearly the maximum number of parameters in one record. */
    private static ModelSpec spec(int standardized) {
        return ModelSpec.parse("{name: m, label: y, key: k, outputs: 2, loss: sparse-categorical-cross-entropy,"
                + " features: {dense: {field: x, length: " + standardized + ", standardize: true}}}");
    }

    @Test
    void a_snapshot_with_everything_at_its_limit_fits_a_request() {
        ModelSpec spec = spec(STANDARDIZED);
        assertThatThrownBy(() -> spec(STANDARDIZED + STANDARDIZED / 20)).isInstanceOf(SpecException.class);
        assertThat(spec.parameterCount()).isBetween(SnapshotCodec.LARGEST_WHOLE * 9 / 10, SnapshotCodec.LARGEST_WHOLE);
        double[] moments = new double[1 + 2 * STANDARDIZED];
        Arrays.fill(moments, Math.PI);
        Snapshot snapshot = new Snapshot(
                spec,
                "k".repeat(ParameterKey.LONGEST_KEY),
                MANY,
                MANY,
                new float[spec.parameterCount()],
                moments,
                lineage(),
                new long[0],
                Snapshots.of("m", "k", 3, 1).metrics());

        List<KeyedBytes> records = new SnapshotCodec().write(snapshot, "samples", MANY, "1.0.0");

        assertThat(records).hasSize(1);
        KeyedBytes record = records.get(0);
        int bytes = record.key().length + record.value().length;
        System.out.printf(Locale.ROOT, "%,d bytes: snapshot%n", bytes);
        assertThat(bytes).isBetween(RecordLimit.BYTES * 9 / 10, RecordLimit.BYTES);
    }

    /** A block has whole rows, at least one. */
    @Test
    void a_block_of_the_widest_row_fits_a_request() {
        ModelSpec spec = factors(1_008);
        assertThatThrownBy(() -> factors(1_009))
                .isInstanceOf(SpecException.class)
                .hasMessage("outputs: 1009 (expected: up to 258048 parameters for each feature of model.type"
                        + " factorization-machine, not 258304)");
        Snapshot snapshot = new Snapshot(
                spec,
                "k".repeat(ParameterKey.LONGEST_KEY),
                MANY,
                MANY,
                new float[spec.parameterCount()],
                new double[3],
                new Lineage(),
                new long[0],
                Snapshots.of("m", "k", 3, 1).metrics());

        List<KeyedBytes> records = new SnapshotCodec().write(snapshot, "samples", MANY, "1.0.0");

        assertThat(records).hasSizeGreaterThan(2);
        for (KeyedBytes record : records) {
            assertThat(RecordLimit.fits(record)).isTrue();
        }
    }

    private static ModelSpec factors(int outputs) {
        return ModelSpec.parse("{name: " + "m".repeat(100) + ", label: y, key: k, loss: mean-squared-error,"
                + " features: {numeric: [x]}, outputs: " + outputs
                + ", model: {type: factorization-machine, rank: 255}}");
    }

    /** Returns the largest lineage: an order of the maximum number of turns, many changes, and many undone ranges. */
    private static Lineage lineage() {
        TreeMap<Long, Round> rounds = new TreeMap<>();
        for (int i = 0; i < Interleaving.MOST_TURNS; i++) {
            long position = i * (MANY / Interleaving.MOST_TURNS);
            rounds.put(position, new Round(new int[] {i % LISTED}, new long[] {MANY / Interleaving.MOST_TURNS}));
        }
        long[] offsets = LongStream.range(0, LISTED).map(i -> MANY + i).toArray();
        return new Lineage(
                IntStream.range(0, LISTED).toArray(),
                offsets,
                offsets,
                MANY,
                MANY,
                IntStream.range(0, LISTED)
                        .mapToObj(i ->
                                new Lineage.Change(MANY - LISTED + i, MANY - LISTED + i, "0123456789abcdef", i, MANY))
                        .toList(),
                IntStream.range(0, LISTED)
                        .mapToObj(i -> new Lineage.Undone(MANY - 3 * LISTED + 2 * i, MANY - 3 * LISTED + 2 * i + 1))
                        .toList(),
                new Interleaving(rounds, MANY));
    }
}
