package io.freshet.schemas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.wire.ParameterBlock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a snapshot assembled from two versions, and one that a server never reaches. */
class SnapshotReaderTest {
    private static final long SEED = 20260114;
    private static final int BITS = 16;
    private static final int BLOCKS = 5;

    private final SnapshotCodec codec = new SnapshotCodec();
    private final SnapshotReader reader = new SnapshotReader();

    /** A server may start reading at any offset. From there, it sees complete snapshots and never a mixture. */
    @Test
    void reading_may_start_anywhere() throws Exception {
        List<Snapshot> snapshots = List.of(
                Snapshots.of("big", "a", BITS, 1),
                Snapshots.of("big", "b", BITS, 2),
                Snapshots.of("small", "", 3, 3),
                Snapshots.of("big", "a", BITS, 4));
        List<KeyedBytes> records = new ArrayList<>();
        List<Integer> starts = new ArrayList<>();
        for (Snapshot snapshot : snapshots) {
            starts.add(records.size());
            records.addAll(write(snapshot));
        }
        for (int start = 0; start < records.size(); start++) {
            SnapshotReader fresh = new SnapshotReader();
            int complete = 0;
            for (KeyedBytes record : records.subList(start, records.size())) {
                SnapshotReader.Change change = fresh.read(record.key(), record.value());
                if (change != null) {
                    complete++;
                    Snapshot read = change.snapshot().snapshot();
                    Snapshot expected = snapshots.get((int) read.version() - 1);
                    assertThat(read.parameters()).as("start %d", start).isEqualTo(expected.parameters());
                }
            }
            int from = start;
            assertThat(complete).as("start %d", start).isEqualTo((int)
                    starts.stream().filter(at -> at >= from).count());
        }
    }

    /**
     * The topic contains full and incremental snapshots of a trainer that fails and continues from its last checkpoint, and is
     * partly compacted. Every snapshot read equals the learned one. The newest snapshot is reached from the beginning, and from
     * any offset before a snapshot with all its blocks.
     */
    @Test
    void the_newest_snapshot_is_reached_through_any_compaction_and_restart() throws Exception {
        for (int trial = 0; trial < 60; trial++) {
            String as = "seed " + SEED + ", trial " + trial;
            SplittableRandom random = new SplittableRandom(SEED + trial);
            PublishedLog log = PublishedLog.random(codec, random, 25);
            assertThat(log.read(0)).as(as).isEqualTo(log.newest());
            for (int look = 0; look < 4; look++) {
                List<KeyedBytes> compacted = log.compacted(random.nextInt(log.size() + 1));
                assertThat(log.read(compacted)).as(as).isEqualTo(log.newest());
            }
            for (int look = 0; look < 4; look++) {
                int start = random.nextInt(log.size());
                long reached = log.read(start);
                if (start <= log.lastFull()) {
                    assertThat(reached).as(as + ", start " + start).isEqualTo(log.newest());
                }
            }
        }
    }

    @Test
    void reading_the_next_snapshot_does_not_change_the_previous_one() throws Exception {
        Snapshot first = Snapshots.blocks("big", "", BITS, 1, null, 1, 1, 1, 1, 1);
        float[] served = readAll(write(first)).snapshot().snapshot().parameters();
        float[] parameters = first.parameters().clone();
        parameters[0] = 42;
        Snapshot second = Snapshots.blocks("big", "", BITS, 2, parameters, 2, 1, 1, 1, 1);

        SnapshotReader.Change change = readAll(codec.write(codec.publish(second, 1, "samples", 1, "0.1.0"), 1));

        assertThat(change.snapshot().snapshot().parameters()).isEqualTo(parameters);
        assertThat(served).isEqualTo(first.parameters());
    }

    @Test
    void the_next_snapshot_of_a_table_shares_the_blocks_that_did_not_change() throws Exception {
        Snapshot first = Snapshots.blocks("big", "", BITS, 1, null, 1, 1, 1, 1, 1);
        Snapshot read = readAll(write(first)).snapshot().snapshot();
        float[] parameters = first.parameters().clone();
        parameters[20_000] = 42;
        Snapshot second = Snapshots.blocks("big", "", BITS, 2, parameters, 1, 2, 1, 1, 1);

        Snapshot next = readAll(codec.write(codec.publish(second, 1, "samples", 1, "0.1.0"), 1))
                .snapshot()
                .snapshot();

        assertThat(next.values().bytesNotIn(read.values())).isEqualTo(Float.BYTES * (1 << 14));
        assertThat(next.parameters()).isEqualTo(parameters);
        assertThat(read.parameters()).isEqualTo(first.parameters());
    }

    @Test
    void snapshots_of_two_keys_may_interleave() throws Exception {
        List<KeyedBytes> first = write(Snapshots.of("big", "a", BITS, 1));
        List<KeyedBytes> second = write(Snapshots.of("big", "a/#", BITS, 2));
        for (int block = 0; block < BLOCKS; block++) {
            assertThat(read(first.get(block))).isNull();
            assertThat(read(second.get(block))).isNull();
        }
        assertThat(read(second.get(BLOCKS)).snapshot().snapshot().version()).isEqualTo(2);
        assertThat(read(first.get(BLOCKS)).snapshot().snapshot().version()).isEqualTo(1);
    }

    @Test
    void a_manifest_with_a_missing_or_outdated_block_yields_nothing_and_the_next_is_complete() throws Exception {
        List<KeyedBytes> one = write(Snapshots.of("big", "", BITS, 1));
        List<KeyedBytes> two = write(Snapshots.of("big", "", BITS, 2));
        assertThat(readAll(one.subList(1, one.size()))).as("block 0 missing").isNull();
        assertThat(readAll(two.subList(0, BLOCKS - 1))).isNull();
        assertThat(read(two.get(BLOCKS)))
                .as("the last block of another version")
                .isNull();
        assertThat(read(two.get(BLOCKS - 1))).isNull();
        assertThat(read(two.get(BLOCKS)).snapshot().snapshot().version()).isEqualTo(2);
        assertThat(read(one.get(BLOCKS))).as("a manifest of an earlier version").isNull();
        assertThat(readAll(one).snapshot().snapshot().version()).isEqualTo(1);
    }

    /** The tombstones between two incarnations of a model may be compacted away before they are read. */
    @Test
    void blocks_of_another_incarnation_are_not_mistaken_for_those_of_the_same_version() throws Exception {
        Snapshot first = Snapshots.blocks("big", "", BITS, 1, null, 1, 1, 1, 1, 1);
        readAll(write(first));
        float[] restarted = Snapshots.of("big", "", BITS, 7).parameters();
        Snapshot second = Snapshots.blocks("big", "", BITS, 1, restarted, 1, 1, 1, 1, 1);
        List<KeyedBytes> records = write(second);

        assertThatThrownBy(() -> read(records.get(BLOCKS)))
                .as("its manifest, over the blocks of the first")
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith("checksum: ");
        assertThat(readAll(records).snapshot().snapshot().parameters()).isEqualTo(restarted);
        float[] changed = restarted.clone();
        changed[0] = 42;
        Snapshot next = Snapshots.blocks("big", "", BITS, 2, changed, 2, 1, 1, 1, 1);
        SnapshotReader.Change change = readAll(codec.write(codec.publish(next, 1, "samples", 1, "0.1.0"), 1));
        assertThat(change.snapshot().snapshot().parameters()).isEqualTo(changed);
    }

    @Test
    void deleted_blocks_are_not_used_again() throws Exception {
        List<KeyedBytes> records = write(Snapshots.of("big", "", BITS, 1));
        assertThat(readAll(records)).isNotNull();
        for (KeyedBytes tombstone : codec.delete("big", "", BLOCKS)) {
            read(tombstone);
        }
        assertThat(read(records.get(BLOCKS))).as("the manifest alone").isNull();
        readAll(records.subList(0, BLOCKS));
        assertThat(read(new KeyedBytes(records.get(0).key(), null))).isNull();
        assertThat(read(records.get(BLOCKS))).as("without block 0").isNull();
    }

    @Test
    void a_flipped_bit_fails_the_checksum_and_the_next_snapshot_is_complete() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        List<KeyedBytes> records = write(Snapshots.of("big", "", BITS, 1));
        for (int trial = 0; trial < 60; trial++) {
            byte[] broken = records.get(0).value().clone();
            broken[random.nextInt(100, broken.length)] ^= (byte) (1 << random.nextInt(8));
            readAll(records.subList(1, BLOCKS));
            assertThat(reader.read(records.get(0).key(), broken)).isNull();
            assertThatThrownBy(() -> read(records.get(BLOCKS)))
                    .as("seed %d, trial %d", SEED, trial)
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessageMatching("checksum: [0-9a-f]{8} \\(expected: [0-9a-f]{8}\\)");
        }
        assertThat(readAll(records)).isNotNull();
    }

    /** Before incremental snapshots existed, blocks were larger and had the version of their manifest. */
    @Test
    void reads_blocks_of_200_000_parameters_without_versions_of_their_own() throws Exception {
        Snapshot snapshot = Snapshots.of("big", "", 18, 7);
        io.freshet.wire.Snapshot manifest =
                AvroSnapshots.record(codec.publish(snapshot, SnapshotCodec.NO_PARENT, "samples", 1, "0.1.0"), 2);
        float[] parameters = snapshot.parameters();

        assertThat(read(block(7, 0, 0, parameters, 200_000))).isNull();
        assertThat(read(block(7, 1, 200_000, parameters, parameters.length))).isNull();
        SnapshotReader.Change change = read(new KeyedBytes(
                "big/".getBytes(StandardCharsets.UTF_8),
                new WireFormat<io.freshet.wire.Snapshot>(manifest.getSchema(), List.of()).write(manifest)));

        assertThat(change.snapshot().snapshot().parameters()).isEqualTo(parameters);
        assertThat(readAll(write(Snapshots.of("big", "", 18, 8)))
                        .snapshot()
                        .snapshot()
                        .version())
                .isEqualTo(8);
    }

    @Test
    void blocks_inconsistent_with_their_manifest_are_malformed() throws Exception {
        List<KeyedBytes> records = write(Snapshots.of("big", "", BITS, 1));
        for (int start : new int[] {-1, 1 << 20, Integer.MAX_VALUE, 65_000}) {
            ParameterBlock block = codec.readBlock(records.get(0).value());
            block.setStart(start);
            byte[] value = new WireFormat<ParameterBlock>(block.getSchema(), List.of()).write(block);
            readAll(records.subList(1, BLOCKS));
            assertThat(reader.read(records.get(0).key(), value)).isNull();
            assertThatThrownBy(() -> read(records.get(BLOCKS))).isInstanceOf(MalformedRecordException.class);
        }
    }

    private static KeyedBytes block(long version, int index, int start, float[] parameters, int end) {
        ParameterBlock block =
                new ParameterBlock("big", "", version, index, start, FloatBytes.write(parameters, start, end));
        return new KeyedBytes(
                ParameterKey.block("big", "", index).toBytes(),
                new WireFormat<ParameterBlock>(block.getSchema(), List.of()).write(block));
    }

    /** Reads all records; returns the result of the last one. */
    private SnapshotReader.Change readAll(List<KeyedBytes> records) throws MalformedRecordException {
        SnapshotReader.Change change = null;
        for (KeyedBytes record : records) {
            change = read(record);
        }
        return change;
    }

    private SnapshotReader.Change read(KeyedBytes record) throws MalformedRecordException {
        return reader.read(record.key(), record.value());
    }

    private List<KeyedBytes> write(Snapshot snapshot) {
        return codec.write(snapshot, "samples", 1234, "0.1.0");
    }
}
