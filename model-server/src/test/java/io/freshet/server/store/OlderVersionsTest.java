package io.freshet.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.snapshot.Publication;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.List;
import org.junit.jupiter.api.Test;

class OlderVersionsTest {
    private static final ServedSpec A = served("a");
    private static final ServedSpec B = served("b");

    @Test
    void over_the_memory_limit_the_set_replaced_first_is_dropped_whatever_its_model() {
        OlderVersions older =
                new OlderVersions(new VersionLimits(10, 3 * set(A, 1, 1).bytes()));

        older.add(set(A, 5, 1));
        older.add(set(B, 1, 2));
        older.add(set(A, 6, 3));
        older.add(set(B, 2, 4));

        assertThat(versions(older, "a")).containsExactly(6L);
        assertThat(versions(older, "b")).containsExactly(2L, 1L);
    }

    @Test
    void dropped_and_removed_sets_release_their_memory() {
        OlderVersions older =
                new OlderVersions(new VersionLimits(1, 2 * set(A, 1, 1).bytes()));

        for (int version = 1; version <= 5; version++) {
            older.add(set(A, version, version));
        }
        older.removeAll("a");
        older.add(set(A, 6, 6));
        older.removeAll("a", "");
        older.add(set(A, 7, 7));
        older.add(set(B, 1, 1));

        assertThat(versions(older, "a")).containsExactly(7L);
        assertThat(versions(older, "b")).containsExactly(1L);
    }

    @Test
    void keeps_nothing_if_the_limit_is_0_or_the_set_is_too_large() {
        OlderVersions none = new OlderVersions(new VersionLimits(0, 1 << 20));
        OlderVersions small = new OlderVersions(new VersionLimits(10, 100));

        none.add(set(A, 1, 1));
        small.add(set(A, 1, 1));

        assertThat(versions(none, "a")).isEmpty();
        assertThat(versions(small, "a")).isEmpty();
    }

    @Test
    void a_set_that_was_pinned_returns_to_its_place() {
        OlderVersions older = new OlderVersions(VersionLimits.DEFAULT);

        older.add(set(A, 2, 2));
        older.add(set(A, 3, 3));
        older.add(set(A, 1, 1));

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
        Snapshot snapshot = new Snapshot(
                served.spec(), "", version, version, new float[2], new double[3], new Lineage(), new long[0], null);
        Publication publication =
                new Publication(served.hash(), 0, SnapshotCodec.NO_PARENT, "samples", publishedAt, "0.1.0");
        return ParameterSet.of(served, new PublishedSnapshot(snapshot, publication), Lane.EAGER);
    }
}
