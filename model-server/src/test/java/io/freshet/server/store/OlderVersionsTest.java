package io.freshet.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.model.Parameters;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.predict.Clamp;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.snapshot.Publication;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OlderVersionsTest {
    private static final ServedSpec A = served("a");
    private static final ServedSpec B = served("b");
    private static final ServedSpec KEYED =
            spec("{name: keyed, label: y, key: k, loss: mean-squared-error, features: {numeric: [x]}}");
    /** A table of 1 MiB. */
    private static final ServedSpec TABLE =
            spec("{name: t, label: y, loss: mean-squared-error, features: {categorical: [c], hashBits: 18}}");

    private static final StateLayout LAYOUT =
            TABLE.spec().model().layout(TABLE.spec().inputShape(), TABLE.spec().outputs(), 0);
    private static final int BLOCKS = LAYOUT.blocks();
    /** Shares no parameters with another set. */
    private static final ParameterSet NEWER = set(A, 99, 99);

    @Test
    void over_the_memory_limit_the_set_replaced_first_is_dropped_whatever_its_model() {
        OlderVersions older =
                new OlderVersions(new VersionLimits(10, 3 * set(A, 1, 1).bytesNotIn(NEWER)));

        older.add(set(A, 5, 1), NEWER);
        older.add(set(B, 1, 2), NEWER);
        older.add(set(A, 6, 3), NEWER);
        older.add(set(B, 2, 4), NEWER);

        assertThat(versions(older, "a")).containsExactly(6L);
        assertThat(versions(older, "b")).containsExactly(2L, 1L);
    }

    @Test
    void dropped_and_removed_sets_release_their_memory() {
        OlderVersions older =
                new OlderVersions(new VersionLimits(1, 2 * set(A, 1, 1).bytesNotIn(NEWER)));

        for (int version = 1; version <= 5; version++) {
            older.add(set(A, version, version), NEWER);
        }
        older.removeAll("a");
        older.add(set(A, 6, 6), NEWER);
        older.removeAll("a", "");
        older.add(set(A, 7, 7), NEWER);
        older.add(set(B, 1, 1), NEWER);

        assertThat(versions(older, "a")).containsExactly(7L);
        assertThat(versions(older, "b")).containsExactly(1L);
    }

    @Test
    void keeps_nothing_if_the_limit_is_0_or_the_set_is_too_large() {
        OlderVersions none = new OlderVersions(new VersionLimits(0, 1 << 20));
        OlderVersions small = new OlderVersions(new VersionLimits(10, 100));

        none.add(set(A, 1, 1), NEWER);
        small.add(set(A, 1, 1), NEWER);

        assertThat(versions(none, "a")).isEmpty();
        assertThat(versions(small, "a")).isEmpty();
    }

    /** A hundred versions of a table of 1 MiB, each of which changed one block of 64 KiB, need less than 8 MiB. */
    @Test
    void versions_that_share_parameters_need_the_memory_of_what_changed() {
        float[][] blocks = blocks();
        OlderVersions older = new OlderVersions(new VersionLimits(200, 8 << 20));
        ParameterSet served = table(blocks, 0);
        for (int version = 1; version <= 100; version++) {
            blocks[version % 16] = new float[1 << 14];
            ParameterSet next = table(blocks, version);
            older.add(served, next);
            served = next;
        }

        assertThat(versions(older, "t")).hasSize(100);
    }

    @Test
    void a_set_that_was_pinned_returns_to_its_place() {
        OlderVersions older = new OlderVersions(VersionLimits.DEFAULT);

        older.add(set(A, 2, 2), NEWER);
        older.add(set(A, 3, 3), NEWER);
        older.add(set(A, 1, 1), NEWER);

        assertThat(versions(older, "a")).containsExactly(3L, 2L, 1L);
    }

    /** Would catch memory that is counted twice, or not at all, once a version between others was dropped. */
    @Test
    void counts_each_array_that_only_older_versions_have_once() {
        Random random = new Random(7);
        float[][] blocks = blocks();
        OlderVersions older = new OlderVersions(new VersionLimits(3, VersionSpacing.parse("10s,1m"), 1 << 30));
        ParameterSet served = table(blocks, 0);
        ParameterSet pinned = null;
        for (int version = 1; version <= 1_000; version++) {
            blocks[random.nextInt(blocks.length)] = new float[1 << 14];
            ParameterSet next = table(blocks, version);
            older.add(served, next);
            served = next;
            if (version % 50 == 0) {
                List<ParameterSet> kept = older.of("t", "");
                pinned = kept.get(random.nextInt(kept.size()));
                older.remove(pinned);
            } else if (pinned != null && version % 50 == 3) {
                older.add(pinned, served);
            }

            assertThat(older.bytes()).as("version %d", version).isEqualTo(exactBytes(older, served));
        }
        older.removeAll("t");

        assertThat(older.bytes()).isZero();
    }

    @Test
    void over_the_memory_limit_versions_that_no_spacing_needs_are_dropped_first() {
        long each = set(A, 1, 1).bytesNotIn(NEWER);
        VersionSpacing spacing = VersionSpacing.parse("1m");
        OlderVersions older = new OlderVersions(new VersionLimits(4, spacing, 4 * each));

        older.add(set(A, 1, 0), set(A, 2, 50_000));
        older.add(set(A, 2, 50_000), set(A, 3, 100_000));
        older.add(set(A, 3, 100_000), set(A, 4, 101_000));
        older.add(set(A, 4, 101_000), set(A, 5, 102_000));
        assertThat(versions(older, "a")).containsExactly(4L, 3L, 2L, 1L);
        older.add(set(B, 1, 0), set(B, 2, 1_000));

        assertThat(versions(older, "a")).containsExactly(4L, 2L, 1L);
        assertThat(older.reasons("a", "", set(A, 5, 102_000)).values())
                .containsExactly(List.of("recent"), List.of("recent", "1m"), List.of("recent", "1m"));

        older.add(set(B, 2, 100_000), set(B, 3, 200_000));
        older.add(set(B, 3, 200_000), set(B, 4, 300_000));

        assertThat(versions(older, "a")).containsExactly(2L, 1L);
        assertThat(versions(older, "b")).containsExactly(3L, 2L);

        older.add(set(served("c"), 1, 0), set(served("c"), 2, 1_000));
        older.add(set(served("d"), 1, 0), set(served("d"), 2, 1_000));

        assertThat(versions(older, "a")).as("the one replaced first").containsExactly(2L);
        assertThat(versions(older, "b")).containsExactly(3L);
    }

    @Test
    void ten_thousand_keys_go_back_within_the_memory_limit() {
        long limit = 16L << 20;
        OlderVersions older = new OlderVersions(new VersionLimits(2, VersionSpacing.DEFAULT, limit));
        ParameterSet[] served = new ParameterSet[10_000];
        for (int round = 0; round < 20; round++) {
            for (int key = 0; key < served.length; key++) {
                ParameterSet next = set(KEYED, "k" + key, Parameters.of(new float[2]), round, 30_000L * round);
                if (served[key] != null) {
                    older.add(served[key], next);
                }
                served[key] = next;
                assertThat(older.bytes()).isLessThanOrEqualTo(limit);
            }
        }
        long kept = IntStream.range(0, served.length)
                .mapToLong(key -> older.of("keyed", "k" + key).size())
                .sum();

        assertThat(kept * served[0].bytesNotIn(NEWER)).isEqualTo(older.bytes()).isGreaterThan(limit - 2_000);
    }

    /** Returns the size of the distinct arrays of all older versions that the served one does not have. */
    private static long exactBytes(OlderVersions older, ParameterSet served) {
        Set<float[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        long bytes = 0;
        for (ParameterSet set : older.of("t", "")) {
            // Moments and objects are never shared.
            bytes += set.bytesNotIn(set);
            for (int i = 0; i < BLOCKS; i++) {
                arrays.add(set.snapshot().values().block(i));
            }
        }
        for (int i = 0; i < BLOCKS; i++) {
            arrays.remove(served.snapshot().values().block(i));
        }
        return bytes + arrays.stream().mapToLong(array -> 4L * array.length).sum();
    }

    private static float[][] blocks() {
        float[][] blocks = new float[BLOCKS][];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = new float[LAYOUT.blockEnd(i) - LAYOUT.blockStart(i)];
        }
        return blocks;
    }

    private static ParameterSet table(float[][] blocks, int version) {
        return set(TABLE, "", Parameters.ofTable(LAYOUT, blocks), version, 500L * version);
    }

    private static List<Long> versions(OlderVersions older, String model) {
        return older.of(model, "").stream().map(ParameterSet::version).toList();
    }

    private static ServedSpec served(String name) {
        return spec("{name: " + name + ", label: y, loss: mean-squared-error, features: {numeric: [x]}}");
    }

    private static ServedSpec spec(String yaml) {
        ModelSpec spec = ModelSpec.parse(yaml);
        return ServedSpec.of(spec, spec.hash());
    }

    private static ParameterSet set(ServedSpec served, long version, long publishedAt) {
        return set(served, "", Parameters.of(new float[2]), version, publishedAt);
    }

    private static ParameterSet set(
            ServedSpec served, String key, Parameters parameters, long version, long publishedAt) {
        double[] moments = served.spec().features().standardizer().start();
        Snapshot snapshot = new Snapshot(
                served.spec(),
                key,
                version,
                version,
                parameters,
                moments,
                new Lineage(),
                new long[0],
                null,
                Clamp.NO_LABELS);
        Publication publication =
                new Publication(served.hash(), 0, SnapshotCodec.NO_PARENT, "samples", publishedAt, "0.1.0");
        return ParameterSet.of(
                served, new PublishedSnapshot(snapshot, publication), new SnapshotOrigin(Lane.EAGER, 0, 0));
    }
}
