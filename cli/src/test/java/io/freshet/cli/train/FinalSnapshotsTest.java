package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.topic.ParameterKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Would catch a report on other parameters than the last ones, and every snapshot of a run decoded for the last one. */
class FinalSnapshotsTest {
    private static final String EAGER = "parameters";
    private static final ModelSpec SMALL =
            ModelSpec.parse("{name: small, label: y, key: k, features: {numeric: [a]}, loss: mean-squared-error}");
    private static final ModelSpec LARGE = ModelSpec.parse(
            "{name: large, label: y, features: {categorical: [c], hashBits: 17}, loss: mean-squared-error}");

    private final SnapshotCodec codec = new SnapshotCodec();
    private final FinalSnapshots snapshots = new FinalSnapshots();
    private long offset;

    @Test
    void returns_the_last_snapshot_of_each_key_of_either_lane() {
        add(EAGER, snapshot(SMALL, "a", 1, 0), SnapshotCodec.ALL);
        add(EAGER, snapshot(SMALL, "b", 5, 0), SnapshotCodec.ALL);
        add(EAGER, snapshot(SMALL, "a", 2, 0), SnapshotCodec.ALL);
        add("parameters-committed", snapshot(LARGE, "", 7, 7), SnapshotCodec.ALL);

        assertThat(versions(SMALL)).isEqualTo(Map.of("a", 2L, "b", 5L));
        assertThat(versions(LARGE)).isEqualTo(Map.of("", 7L));
    }

    @Test
    void joins_the_changed_blocks_with_older_ones() {
        Snapshot first = snapshot(LARGE, "", 1, 1);
        Snapshot second = snapshot(LARGE, "", 2, 1);
        second.blockVersions()[3] = 2;
        second.parameters()[3 << 14] = 9;
        add(EAGER, first, SnapshotCodec.ALL);
        add(EAGER, second, 1);

        PublishedSnapshot last = snapshots.decode().get("large").get("");
        assertThat(last.snapshot().parameters()).isEqualTo(second.parameters());
    }

    /** A job that failed while publishing, and had nothing to publish after its restart, leaves blocks without a manifest. */
    @Test
    void ignores_blocks_without_a_manifest() {
        Snapshot first = snapshot(LARGE, "", 1, 1);
        add(EAGER, first, SnapshotCodec.ALL);
        Snapshot unfinished = snapshot(LARGE, "", 2, 2);
        List<KeyedBytes> records = write(unfinished, SnapshotCodec.ALL);
        records.subList(0, records.size() - 1).forEach(record -> add(EAGER, record));

        assertThat(versions(LARGE)).isEqualTo(Map.of("", 1L));
    }

    @Test
    void keeps_the_last_snapshot_of_an_expired_key() {
        add(EAGER, snapshot(SMALL, "a", 3, 0), SnapshotCodec.ALL);
        codec.delete("small", "a", 0).forEach(record -> add(EAGER, record));

        assertThat(versions(SMALL)).isEqualTo(Map.of("a", 3L));
    }

    @Test
    void decodes_only_the_last_snapshots() {
        byte[] key = ParameterKey.snapshot("small", "a").toBytes();
        byte[] block = ParameterKey.block("large", "", 0).toBytes();
        byte[] unreadable = {1, 2, 3};
        add(EAGER, new KeyedBytes(key, unreadable));
        add(EAGER, snapshot(SMALL, "a", 4, 0), SnapshotCodec.ALL);
        add(EAGER, new KeyedBytes(block, unreadable));
        add(EAGER, snapshot(LARGE, "", 4, 4), SnapshotCodec.ALL);

        assertThat(versions(SMALL)).isEqualTo(Map.of("a", 4L));
        assertThat(versions(LARGE)).isEqualTo(Map.of("", 4L));
        add(EAGER, new KeyedBytes(key, unreadable));
        assertThatThrownBy(snapshots::decode).hasMessageContaining("a snapshot that cannot be read");
    }

    private Map<String, Long> versions(ModelSpec spec) {
        SortedMap<String, PublishedSnapshot> byKey = snapshots.decode().get(spec.name());
        return byKey.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().snapshot().version()));
    }

    private static Snapshot snapshot(ModelSpec spec, String key, long version, long blocksVersion) {
        Learner learner = new Learner(spec);
        Snapshot start = learner.snapshot(learner.start(), key);
        long[] blockVersions = start.blockVersions().clone();
        Arrays.fill(blockVersions, blocksVersion);
        return new Snapshot(
                spec,
                key,
                version,
                version,
                start.parameters(),
                start.moments(),
                start.lineage(),
                blockVersions,
                start.metrics());
    }

    private void add(String topic, Snapshot snapshot, long since) {
        write(snapshot, since).forEach(record -> add(topic, record));
    }

    private List<KeyedBytes> write(Snapshot snapshot, long since) {
        return codec.write(codec.publish(snapshot, SnapshotCodec.NO_PARENT, "samples", 0, "test"), since);
    }

    private void add(String topic, KeyedBytes record) {
        snapshots.add(new ConsumerRecord<>(topic, 0, offset++, record.key(), record.value()));
    }
}
