package io.freshet.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.parameters.Parameters;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.predict.Clamp;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.stream.PublishSpec.Lane;
import io.freshet.schemas.snapshot.Publication;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.List;
import org.junit.jupiter.api.Test;

class OlderVersionsTest {
    private static final ServedSpec A = served("a");
    private static final ServedSpec B = served("b");
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
        ModelSpec spec = ModelSpec.parse(
                "{name: t, label: y, loss: mean-squared-error, features: {categorical: [c], hashBits: 18}}");
        ServedSpec table = ServedSpec.of(spec, spec.hash());
        StateLayout layout = spec.model().layout(spec.inputShape(), spec.outputs(), 0);
        float[][] blocks = new float[layout.blocks()][];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = new float[layout.blockEnd(i) - layout.blockStart(i)];
        }
        OlderVersions older = new OlderVersions(new VersionLimits(200, 8 << 20));
        ParameterSet served = set(table, Parameters.ofTable(layout, blocks), 0, 0);
        for (int version = 1; version <= 100; version++) {
            blocks[version % 16] = new float[1 << 14];
            ParameterSet next = set(table, Parameters.ofTable(layout, blocks), version, version);
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

    private static List<Long> versions(OlderVersions older, String model) {
        return older.of(model, "").stream().map(ParameterSet::version).toList();
    }

    private static ServedSpec served(String name) {
        ModelSpec spec =
                ModelSpec.parse("{name: " + name + ", label: y, loss: mean-squared-error, features: {numeric: [x]}}");
        return ServedSpec.of(spec, spec.hash());
    }

    private static ParameterSet set(ServedSpec served, long version, long publishedAt) {
        return set(served, Parameters.of(new float[2]), version, publishedAt);
    }

    private static ParameterSet set(ServedSpec served, Parameters parameters, long version, long publishedAt) {
        double[] moments = served.spec().features().standardizer().start();
        Snapshot snapshot = new Snapshot(
                served.spec(),
                "",
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
