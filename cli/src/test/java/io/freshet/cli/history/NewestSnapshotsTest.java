package io.freshet.cli.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.HistoryEntry;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a listing of twenty snapshots that keeps the entries of a month, and one that the order of the topic misleads. */
class NewestSnapshotsTest {
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, key: k, features: {numeric: [a]}, loss: mean-squared-error}");
    private static final int ENTRIES = 100_000;

    private final SnapshotCodec codec = new SnapshotCodec();

    @Test
    void keeps_no_more_entries_than_are_listed() {
        NewestSnapshots newest = new NewestSnapshots(20);
        for (int i = 0; i < ENTRIES; i++) {
            newest.add(entry("k" + i, 0, i, i));
            assertThat(newest.entries()).hasSizeLessThanOrEqualTo(20);
        }
        Incarnations incarnations = new Incarnations(newest.entries());
        for (int i = 0; i < ENTRIES; i++) {
            incarnations.add(entry("k" + i, 0, i, i));
            assertThat(incarnations.size()).isLessThanOrEqualTo(20);
        }

        assertThat(newest.entries()).extracting(HistoryEntry::version).first().isEqualTo(ENTRIES - 20L);
        assertThat(newest.publications()).isEqualTo(ENTRIES);
        assertThat(newest.isComplete()).isFalse();
    }

    @Test
    void a_version_published_again_is_as_new_as_its_last_publication() {
        NewestSnapshots newest = new NewestSnapshots(2);
        newest.add(entry("", 0, 100, 1));
        newest.add(entry("", 0, 200, 2));
        newest.add(entry("", 0, 300, 3));
        newest.add(entry("", 0, 100, 4));
        newest.add(entry("", 0, 300, 5));

        assertThat(newest.entries()).extracting(HistoryEntry::version).containsExactly(100L, 300L);
    }

    @Test
    void the_time_of_publication_decides_and_not_the_order_of_partitions() {
        NewestSnapshots newest = new NewestSnapshots(2);
        newest.add(entry("a", 0, 100, 7));
        newest.add(entry("a", 0, 200, 9));
        newest.add(entry("b", 0, 100, 6));
        newest.add(entry("b", 0, 200, 8));

        assertThat(newest.entries()).extracting(HistoryEntry::publishedAt).containsExactly(8L, 9L);
    }

    @Test
    void numbers_incarnations_and_finds_checksums_by_entries_that_are_not_listed() {
        List<HistoryEntry> history = List.of(
                entry("", 0, 100, 1),
                entry("", 1000, 100, 2),
                entry("", 1000, 200, 3, 5),
                entry("", 1000, 200, 4, 6),
                entry("", 1000, 300, 5));
        NewestSnapshots newest = new NewestSnapshots(2);
        history.forEach(newest::add);
        Incarnations incarnations = new Incarnations(newest.entries());
        history.forEach(incarnations::add);

        assertThat(newest.entries()).extracting(incarnations::number).containsExactly(2, 2);
        assertThat(newest.entries()).extracting(incarnations::isAmbiguous).containsExactly(true, false);
    }

    private HistoryEntry entry(String key, long first, long version, long publishedAt) {
        return entry(key, first, version, publishedAt, version);
    }

    private HistoryEntry entry(String key, long first, long version, long publishedAt, float parameter) {
        Snapshot snapshot = new Snapshot(
                SPEC,
                key,
                version,
                version,
                new float[] {parameter, 0},
                new double[3],
                new Lineage(new int[] {0}, new long[] {first}, new long[] {first + version}, 5, version, List.of()),
                new long[0],
                (Metrics) null);
        return HistoryEntry.of(codec.publish(snapshot, -1, "samples", publishedAt, "test"));
    }
}
