package io.freshet.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.learner.Lineage;
import io.freshet.learning.learner.Snapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a snapshot served of two halves, and a record that stops or fills a server. */
class SnapshotCodecTest {
    private static final long SEED = 20260114;

    private final SnapshotCodec codec = new SnapshotCodec();
    private final SnapshotReader reader = new SnapshotReader();

    @Test
    void a_small_snapshot_is_one_record_and_reads_back_the_same() throws Exception {
        Snapshot snapshot = Snapshots.of("delays", "WN", 4, 1000);
        List<KeyedBytes> records = write(snapshot);
        assertThat(records).hasSize(1);
        assertThat(records.get(0).key()).asString(StandardCharsets.UTF_8).isEqualTo("delays/WN");
        SnapshotReader.Change change = read(records.get(0));
        assertThat(change.key()).isEqualTo(ParameterKey.snapshot("delays", "WN"));
        PublishedSnapshot published = change.snapshot();
        assertSame(published.snapshot(), snapshot);
        assertThat(published.specHash()).isEqualTo(snapshot.spec().hash());
        assertThat(published.topic()).isEqualTo("samples");
        assertThat(published.publishedAt()).isEqualTo(1234);
        assertThat(published.freshet()).isEqualTo("0.1.0");
    }

    @Test
    void a_snapshot_of_nothing_learned_reads_back_the_same() throws Exception {
        Snapshot some = Snapshots.of("m", "", 1, 0);
        Snapshot nothing =
                new Snapshot(some.spec(), "", 0, 0, some.parameters(), new double[5], new Lineage(), new long[0], null);
        assertSame(read(write(nothing).get(0)).snapshot().snapshot(), nothing);
    }

    @Test
    void a_large_snapshot_is_blocks_below_900_kib_and_then_their_manifest() throws Exception {
        Snapshot snapshot = Snapshots.of("big", "", 18, 5000);
        List<KeyedBytes> records = write(snapshot);
        assertThat(records).hasSize(3);
        assertThat(records.stream().map(record -> new String(record.key(), StandardCharsets.UTF_8)))
                .containsExactly("big#0/", "big#1/", "big/");
        for (KeyedBytes record : records) {
            assertThat(record.value()).hasSizeLessThan(900 * 1024);
        }
        assertThat(read(records.get(0))).isNull();
        assertThat(read(records.get(1))).isNull();
        assertSame(read(records.get(2)).snapshot().snapshot(), snapshot);
    }

    @ParameterizedTest
    @CsvSource({"-2, 1", "0, 1", "1, 3"})
    void blocks_begin_where_one_record_ends(int more, int records) throws Exception {
        Snapshot sized = sized(SnapshotCodec.BLOCK_PARAMETERS + more);
        List<KeyedBytes> written = write(sized);
        assertThat(written).hasSize(records);
        SnapshotReader.Change change = null;
        for (KeyedBytes record : written) {
            change = read(record);
        }
        assertThat(change.snapshot().snapshot().parameters()).isEqualTo(sized.parameters());
    }

    /** A server may start to read anywhere: it yields whole snapshots from there on, and never a mixture. */
    @Test
    void reading_may_start_anywhere() throws Exception {
        List<Snapshot> snapshots = List.of(
                Snapshots.of("big", "a", 18, 1),
                Snapshots.of("big", "b", 18, 2),
                Snapshots.of("small", "", 3, 3),
                Snapshots.of("big", "a", 18, 4));
        List<KeyedBytes> records = new ArrayList<>();
        snapshots.forEach(snapshot -> records.addAll(write(snapshot)));
        int[] starts = {4, 3, 3, 3, 2, 2, 2, 1, 0, 0};
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
            assertThat(complete).as("start %d", start).isEqualTo(starts[start]);
        }
    }

    @Test
    void snapshots_of_two_keys_may_interleave() throws Exception {
        List<KeyedBytes> first = write(Snapshots.of("big", "a", 18, 1));
        List<KeyedBytes> second = write(Snapshots.of("big", "a/#", 18, 2));
        assertThat(read(first.get(0))).isNull();
        assertThat(read(second.get(0))).isNull();
        assertThat(read(second.get(1))).isNull();
        assertThat(read(first.get(1))).isNull();
        assertThat(read(second.get(2)).snapshot().snapshot().version()).isEqualTo(2);
        assertThat(read(first.get(2)).snapshot().snapshot().version()).isEqualTo(1);
    }

    @Test
    void a_block_missing_or_of_another_version_yields_nothing_and_the_next_is_whole() throws Exception {
        List<KeyedBytes> one = write(Snapshots.of("big", "", 18, 1));
        List<KeyedBytes> two = write(Snapshots.of("big", "", 18, 2));
        assertThat(read(one.get(0))).isNull();
        assertThat(read(one.get(2))).as("block 1 missing").isNull();
        assertThat(read(one.get(0))).isNull();
        assertThat(read(two.get(1))).isNull();
        assertThat(read(one.get(2))).as("block 1 of another version").isNull();
        assertThat(read(two.get(2))).as("blocks gone").isNull();
        assertThat(read(two.get(0))).isNull();
        assertThat(read(two.get(1))).isNull();
        assertThat(read(two.get(2)).snapshot().snapshot().version()).isEqualTo(2);
        assertThat(read(two.get(0))).isNull();
        assertThat(read(new KeyedBytes(two.get(0).key(), null)))
                .as("a block's tombstone")
                .isNull();
        assertThat(read(two.get(1))).isNull();
        assertThat(read(two.get(2))).isNull();
    }

    @Test
    void a_flipped_bit_fails_the_checksum_and_the_next_is_whole() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        List<KeyedBytes> records = write(Snapshots.of("big", "", 18, 1));
        for (int trial = 0; trial < 20; trial++) {
            byte[] broken = records.get(0).value().clone();
            broken[random.nextInt(100, broken.length)] ^= (byte) (1 << random.nextInt(8));
            assertThat(reader.read(records.get(0).key(), broken)).isNull();
            assertThat(read(records.get(1))).isNull();
            assertThatThrownBy(() -> read(records.get(2)))
                    .as("seed %d, trial %d", SEED, trial)
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessageMatching("checksum: \\d+ \\(expected: \\d+\\)");
        }
        for (KeyedBytes record : records.subList(0, 2)) {
            assertThat(read(record)).isNull();
        }
        assertThat(read(records.get(2))).isNotNull();
    }

    @Test
    void deleting_writes_a_tombstone_for_each_record_and_reads_as_a_change_to_none() throws Exception {
        Snapshot snapshot = Snapshots.of("big", "k/1#2", 18, 9);
        List<KeyedBytes> records = write(snapshot);
        List<KeyedBytes> tombstones = codec.delete("big", "k/1#2", snapshot.parameters().length);
        assertThat(tombstones).allSatisfy(record -> assertThat(record.value()).isNull());
        assertThat(tombstones.stream().map(record -> new String(record.key(), StandardCharsets.UTF_8)))
                .containsExactlyInAnyOrderElementsOf(records.stream()
                        .map(record -> new String(record.key(), StandardCharsets.UTF_8))
                        .toList());
        SnapshotReader.Change change = read(tombstones.get(0));
        assertThat(change.snapshot()).isNull();
        assertThat(change.key()).isEqualTo(ParameterKey.snapshot("big", "k/1#2"));
        assertThat(read(tombstones.get(1))).isNull();
        assertThat(codec.delete("small", "", 10)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a/b", "#", "#3/", "/", "//#1", "Zürich", "a b", "model#1/x"})
    void keys_of_any_text_come_back(String key) throws MalformedRecordException {
        ParameterKey snapshot = ParameterKey.snapshot("m.1_a-b", key);
        ParameterKey block = ParameterKey.block("m.1_a-b", key, 12);
        assertThat(ParameterKey.parse(snapshot.toBytes())).isEqualTo(snapshot);
        assertThat(ParameterKey.parse(block.toBytes())).isEqualTo(block);
        assertThat(block.address()).isEqualTo(snapshot.address());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "m#1", "m#/k", "m#x/k", "m#-1/k", "m#99999999999/k", "m#4294967295/k", "m#1 /k"})
    void keys_that_are_none_are_shown(String key) {
        assertThatThrownBy(() -> ParameterKey.parse(key.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("key: " + key + " (expected: model/key or model#block/key)");
        assertThatThrownBy(() -> ParameterKey.parse(null)).isInstanceOf(MalformedRecordException.class);
    }

    /** Manifests that Avro reads and that do not fit together: each would have hung, filled or later failed a server. */
    @Test
    void manifests_that_do_not_fit_together_are_malformed() throws Exception {
        assertMalformed(m -> m.setParameterCount(5), "parameterCount: 5 (expected: 19)");
        assertMalformed(m -> m.setParameters(ByteBuffer.allocate(75)), "parameters: 75 bytes (expected: 76)");
        assertMalformed(m -> m.setParameters(ByteBuffer.allocate(80)), "parameters: 80 bytes (expected: 76)");
        assertMalformed(m -> m.setBlocks(-1), "blocks: -1 (expected: at least 0)");
        assertMalformed(m -> m.setOffsets(List.of(1L)), "offsets: 1 (expected: one for each of 2 partitions)");
        assertMalformed(m -> m.setMoments(List.of(1.0, 2.0)), "moments: 2 (expected: 5)");
        assertMalformed(m -> m.setSpec("name: [x"), "spec: ");
        assertMalformed(m -> m.setSpec(m.getSpec().replace("name: m", "name: n")), "model: m (expected: n)");
        assertMalformed(m -> m.setModel("n"), "model: n (expected: m)");
        assertMalformed(m -> m.setKey("n"), "key: n (expected: k)");
        assertMalformed(m -> m.setChecksum(1), "checksum: ");
        assertThat(read(changed(m -> m.setBlocks(Integer.MAX_VALUE))))
                .as("blocks that never came")
                .isNull();
        // The specification speaks of a gigabyte; nothing of it is there.
        assertMalformed(
                m -> {
                    m.setSpec(m.getSpec().replace("hashBits: 4", "hashBits: 26"));
                    m.setParameterCount((1 << 26) + 3);
                },
                "parameters: 76 bytes (expected: 268435468)");
    }

    @Test
    void blocks_that_do_not_fit_are_malformed() throws Exception {
        List<KeyedBytes> records = write(Snapshots.of("big", "", 18, 1));
        for (int start : new int[] {-1, 1 << 20, Integer.MAX_VALUE, 200_001}) {
            io.freshet.wire.ParameterBlock block =
                    codec.readBlock(records.get(0).value());
            block.setStart(start);
            byte[] value = new WireFormat<io.freshet.wire.ParameterBlock>(block.getSchema(), List.of()).write(block);
            assertThat(reader.read(records.get(0).key(), value)).isNull();
            assertThat(read(records.get(1))).isNull();
            assertThatThrownBy(() -> read(records.get(2))).isInstanceOf(MalformedRecordException.class);
        }
    }

    @Test
    void random_bytes_are_malformed_at_worst() {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] good = write(Snapshots.of("m", "k", 4, 1)).get(0).value();
        for (int trial = 0; trial < 20_000; trial++) {
            byte[] bytes = good.clone();
            for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
                bytes[random.nextInt(10, bytes.length)] = (byte) random.nextInt();
            }
            try {
                reader.read("m/k".getBytes(StandardCharsets.UTF_8), bytes);
                reader.read("m#0/k".getBytes(StandardCharsets.UTF_8), bytes);
            } catch (MalformedRecordException expected) {
                assertThat(expected).hasMessageContaining(":");
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + SEED + ", trial " + trial, e);
            }
        }
    }

    private void assertMalformed(Consumer<io.freshet.wire.Snapshot> change, String message) throws Exception {
        KeyedBytes record = changed(change);
        assertThatThrownBy(() -> read(record))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith(message);
    }

    private KeyedBytes changed(Consumer<io.freshet.wire.Snapshot> change) throws Exception {
        io.freshet.wire.Snapshot manifest =
                codec.readManifest(write(Snapshots.of("m", "k", 4, 1)).get(0).value());
        change.accept(manifest);
        byte[] value = new WireFormat<io.freshet.wire.Snapshot>(manifest.getSchema(), List.of()).write(manifest);
        return new KeyedBytes("m/k".getBytes(StandardCharsets.UTF_8), value);
    }

    private SnapshotReader.Change read(KeyedBytes record) throws MalformedRecordException {
        return reader.read(record.key(), record.value());
    }

    private List<KeyedBytes> write(Snapshot snapshot) {
        return codec.write(snapshot, "samples", 1234, "0.1.0");
    }

    /** A model of exactly so many parameters: as many numbers and classes as multiply to them. */
    private static Snapshot sized(int parameters) {
        int classes = 1;
        int rows = parameters;
        for (int k = 2; k <= 100_000; k++) {
            if (parameters % k == 0 && parameters / k >= 2 && parameters / k < 5000) {
                classes = k;
                rows = parameters / k;
                break;
            }
        }
        List<String> fields = new ArrayList<>();
        for (int i = 1; i < rows; i++) {
            fields.add("f" + i);
        }
        Snapshot some = Snapshots.of("m", "", 1, 1);
        var spec = io.freshet.learning.spec.ModelSpec.parse("""
                name: sized
                label: y
                features: {numeric: %s, standardize: false}
                loss: sparse-categorical-cross-entropy
                outputs: %d
                """.formatted(fields, classes));
        float[] all = new float[parameters];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        return new Snapshot(spec, "", 1, 1, all, new double[1], some.lineage(), new long[0], null);
    }

    private static void assertSame(Snapshot actual, Snapshot expected) {
        assertThat(actual.spec()).isEqualTo(expected.spec());
        assertThat(actual.key()).isEqualTo(expected.key());
        assertThat(actual.version()).isEqualTo(expected.version());
        assertThat(actual.updates()).isEqualTo(expected.updates());
        assertThat(actual.parameters()).isEqualTo(expected.parameters());
        assertThat(actual.moments()).isEqualTo(expected.moments());
        assertThat(actual.lineage().partitions()).isEqualTo(expected.lineage().partitions());
        assertThat(actual.lineage().offsets()).isEqualTo(expected.lineage().offsets());
        assertThat(actual.lineage().watermark()).isEqualTo(expected.lineage().watermark());
        assertThat(actual.metrics()).isEqualTo(expected.metrics());
    }
}
