package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.HistoryCodec;
import io.freshet.schemas.snapshot.HistoryEntry;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Would catch a snapshot without a history entry, and a lineage that names an unpublished specification. */
class HistoryHarnessTest {
    private static final ModelSpec WHOLE = TestStream.whole(4);
    private static final ModelSpec FASTER = changed(0.5);
    private static final ModelSpec FASTEST = changed(0.9);
    private static final HistoryCodec CODEC = new HistoryCodec(new SnapshotCodec());

    @Test
    void every_snapshot_has_a_history_entry_with_its_parent() throws Exception {
        try (LearnHarness harness = LearnHarness.start(WHOLE)) {
            harness.learn(WHOLE, 0, 30);
            OperatorSubtaskState state = harness.snapshot();
            List<OutputRecord> published = harness.takeParameters();
            List<HistoryEntry> entries = entries(harness.take(OutputRecord.HISTORY));

            assertThat(entries).usingRecursiveComparison().isEqualTo(expected(published));
            assertThat(entries.stream().map(HistoryEntry::version)).containsExactly(12L, 24L);
            assertThat(entries.stream().map(HistoryEntry::parent)).containsExactly(-1L, 12L);
            try (LearnHarness restored = LearnHarness.restore(Backend.HEAP, state)) {
                restored.learn(WHOLE, 30, 40);
                assertThat(entries(restored.take(OutputRecord.HISTORY)))
                        .singleElement()
                        .satisfies(entry -> assertThat(entry.parent()).isEqualTo(24));
            }
        }
    }

    @Test
    void publishes_every_specification_used_even_without_a_snapshot() throws Exception {
        try (LearnHarness harness = LearnHarness.start(WHOLE)) {
            harness.learn(WHOLE, 0, 12);
            harness.apply(FASTER);
            harness.learn(FASTER, 12, 17);
            harness.apply(FASTEST);
            harness.learn(FASTEST, 17, 30);

            List<OutputRecord> records = harness.take(OutputRecord.HISTORY);
            List<HistoryEntry> entries = entries(records);
            assertThat(entries.stream().map(HistoryEntry::specHash)).doesNotContain(FASTER.hash());
            List<Lineage.Change> changes =
                    entries.get(entries.size() - 1).lineage().changes();
            assertThat(changes.stream().map(Lineage.Change::specHash))
                    .containsExactly(WHOLE.hash(), FASTER.hash(), FASTEST.hash());
            List<ModelSpec> published = new ArrayList<>();
            for (OutputRecord record : records) {
                if (HistoryCodec.specification(record.key()) != null) {
                    published.add(CODEC.readSpecification(record.value()));
                }
            }
            assertThat(published).containsExactly(WHOLE, FASTER, FASTEST);
        }
    }

    private static ModelSpec changed(double learningRate) {
        return ModelSpec.parse(WHOLE.toYaml().replaceFirst("learningRate: [0-9.]+", "learningRate: " + learningRate));
    }

    private static List<HistoryEntry> entries(List<OutputRecord> records) throws Exception {
        List<HistoryEntry> entries = new ArrayList<>();
        for (OutputRecord record : records) {
            if (HistoryCodec.specification(record.key()) == null) {
                entries.add(CODEC.read(record.value()));
            }
        }
        return entries;
    }

    private static List<HistoryEntry> expected(List<OutputRecord> published) throws Exception {
        List<HistoryEntry> entries = new ArrayList<>();
        SnapshotReader reader = new SnapshotReader();
        for (OutputRecord record : published) {
            PublishedSnapshot snapshot =
                    reader.read(record.key(), record.value()).snapshot();
            entries.add(HistoryEntry.of(snapshot));
        }
        return entries;
    }
}
