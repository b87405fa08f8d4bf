package io.freshet.schemas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.kafka.ParameterKey;
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

/** Would catch records that crash a server or fill its memory, and changed blocks that are not sent. */
class SnapshotCodecTest {
    private static final long SEED = 20260114;

    private final SnapshotCodec codec = new SnapshotCodec();
    private final SnapshotReader reader = new SnapshotReader();

    @Test
    void a_small_snapshot_is_one_record_and_reads_back_equal() throws Exception {
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
    void a_snapshot_without_samples_reads_back_equal() throws Exception {
        Snapshot some = Snapshots.of("m", "", 1, 0);
        Snapshot nothing =
                new Snapshot(some.spec(), "", 0, 0, some.parameters(), new double[5], new Lineage(), new long[0], null);
        assertSame(read(write(nothing).get(0)).snapshot().snapshot(), nothing);
    }

    @Test
    void a_large_snapshot_is_blocks_of_64_kib_followed_by_their_manifest() throws Exception {
        Snapshot snapshot = Snapshots.of("big", "", 16, 5000);
        List<KeyedBytes> records = write(snapshot);
        assertThat(records.stream().map(record -> new String(record.key(), StandardCharsets.UTF_8)))
                .containsExactly("big#0/", "big#1/", "big#2/", "big#3/", "big#4/", "big/");
        for (KeyedBytes record : records) {
            assertThat(record.value()).hasSizeLessThan((64 << 10) + 100);
        }
        for (KeyedBytes block : records.subList(0, 5)) {
            assertThat(read(block)).isNull();
        }
        assertSame(read(records.get(5)).snapshot().snapshot(), snapshot);
    }

    @Test
    void an_incremental_snapshot_is_the_changed_blocks_and_a_manifest_that_names_its_parent() throws Exception {
        Snapshot before = Snapshots.blocks("big", "", 16, 7, null, 0, 7, 5, 7, 3);
        write(before).forEach(this::readQuietly);
        float[] parameters = before.parameters().clone();
        parameters[16384] = 42;
        parameters[65538] = 43;
        Snapshot after = Snapshots.blocks("big", "", 16, 9, parameters, 0, 8, 5, 7, 9);

        List<KeyedBytes> records = codec.write(codec.publish(after, 7, "samples", 1234, "0.1.0"), 7);

        assertThat(records.stream().map(record -> new String(record.key(), StandardCharsets.UTF_8)))
                .containsExactly("big#1/", "big#4/", "big/");
        read(records.get(0));
        read(records.get(1));
        PublishedSnapshot published = read(records.get(2)).snapshot();
        assertSame(published.snapshot(), after);
        assertThat(published.snapshot().blockVersions()).containsExactly(0, 8, 5, 7, 9);
        assertThat(published.parent()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({"-2, 1", "0, 1", "2, 9"})
    void snapshots_too_large_for_one_record_are_written_in_blocks(int more, int records) throws Exception {
        Snapshot sized = sized(SnapshotCodec.LARGEST_WHOLE + more);
        List<KeyedBytes> written = write(sized);
        assertThat(written).hasSize(records);
        SnapshotReader.Change change = null;
        for (KeyedBytes record : written) {
            change = read(record);
        }
        assertThat(change.snapshot().snapshot().parameters()).isEqualTo(sized.parameters());
    }

    @Test
    void deleting_writes_a_tombstone_for_each_record() throws Exception {
        Snapshot snapshot = Snapshots.of("big", "k/1#2", 16, 9);
        List<KeyedBytes> records = write(snapshot);
        List<KeyedBytes> tombstones = codec.delete("big", "k/1#2", 5);
        assertThat(tombstones).allSatisfy(record -> assertThat(record.value()).isNull());
        assertThat(tombstones.stream().map(record -> new String(record.key(), StandardCharsets.UTF_8)))
                .containsExactlyInAnyOrderElementsOf(records.stream()
                        .map(record -> new String(record.key(), StandardCharsets.UTF_8))
                        .toList());
        SnapshotReader.Change change = read(tombstones.get(0));
        assertThat(change.snapshot()).isNull();
        assertThat(change.key()).isEqualTo(ParameterKey.snapshot("big", "k/1#2"));
        assertThat(read(tombstones.get(1))).isNull();
        assertThat(codec.delete("small", "", 0)).hasSize(1);
        assertThat(codec.deleteBlocks("big", "k", 2, 5).stream()
                        .map(record -> new String(record.key(), StandardCharsets.UTF_8)))
                .containsExactly("big#2/k", "big#3/k", "big#4/k");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a/b", "#", "#3/", "/", "//#1", "Zürich", "a b", "model#1/x"})
    void keys_of_any_text_are_parsed_back(String key) throws MalformedRecordException {
        ParameterKey snapshot = ParameterKey.snapshot("m.1_a-b", key);
        ParameterKey block = ParameterKey.block("m.1_a-b", key, 12);
        assertThat(ParameterKey.parse(snapshot.toBytes())).isEqualTo(snapshot);
        assertThat(ParameterKey.parse(block.toBytes())).isEqualTo(block);
        assertThat(block.modelKey()).isEqualTo(snapshot.modelKey());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "m#1", "m#/k", "m#x/k", "m#-1/k", "m#99999999999/k", "m#4294967295/k", "m#1 /k"})
    void malformed_keys_are_rejected_with_their_text(String key) {
        assertThatThrownBy(() -> ParameterKey.parse(key.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("key: " + key + " (expected: model/key or model#block/key)");
        assertThatThrownBy(() -> ParameterKey.parse(null)).isInstanceOf(MalformedRecordException.class);
    }

    /** Avro reads each of these manifests. Unchecked, each would hang a server, fill its memory, or fail it later. */
    @Test
    void inconsistent_manifests_are_malformed() throws Exception {
        assertMalformed(m -> m.setParameterCount(5), "parameterCount: 5 (expected: 19)");
        assertMalformed(m -> m.setParameters(ByteBuffer.allocate(75)), "parameters: 75 bytes (expected: 76)");
        assertMalformed(m -> m.setParameters(ByteBuffer.allocate(80)), "parameters: 80 bytes (expected: 76)");
        assertMalformed(
                m -> {
                    m.setBlocks(3);
                    m.setBlockVersions(List.of(1L, 2L));
                },
                "blockVersions: 2 (expected: one for each of 3 blocks)");
        assertMalformed(m -> m.setBlocks(-1), "blocks: -1 (expected: at least 0)");
        assertMalformed(m -> m.setOffsets(List.of(1L)), "offsets: 1 (expected: one for each of 2 partitions)");
        assertMalformed(m -> m.setMoments(List.of(1.0, 2.0)), "moments: 2 (expected: 5)");
        assertMalformed(
                m -> m.setLabelRange(List.of(1.0, 2.0, 3.0)),
                "labelRange: 3 (expected: 0, or 2 for each of 1 outputs)");
        assertMalformed(m -> m.setSpec("name: [x"), "spec: ");
        assertMalformed(m -> m.setSpec(m.getSpec().replace("name: m", "name: n")), "model: m (expected: n)");
        assertMalformed(m -> m.setModel("n"), "model: n (expected: m)");
        assertMalformed(m -> m.setKey("n"), "key: n (expected: k)");
        assertMalformed(m -> m.setChecksum(1), "checksum: ");
        assertThat(read(changed(m -> m.setBlocks(Integer.MAX_VALUE))))
                .as("blocks that were never received")
                .isNull();
        // The specification declares 256 MiB of parameters that do not exist.
        assertMalformed(
                m -> {
                    m.setSpec(m.getSpec().replace("hashBits: 4", "hashBits: 26"));
                    m.setParameterCount((1 << 26) + 3);
                },
                "parameters: 76 bytes (expected: 268435468)");
    }

    @Test
    void an_invalid_order_is_malformed() throws Exception {
        assertMalformed(order(1, List.of(0), List.of(1L)), "order: a round at sample 1 (expected: 0, before 1)");
        assertMalformed(order(0, List.of(), List.of()), "order: 0 partitions, 0 sample counts");
        assertMalformed(order(0, List.of(0, 1), List.of(1L)), "order: 2 partitions, 1 sample counts");
        assertMalformed(order(0, List.of(0), List.of(0L)), "order: a turn of 0 samples");
        assertMalformed(order(0, List.of(0), List.of(Long.MAX_VALUE)), "order: a turn of 9223372036854775807 samples");
        assertMalformed(
                manifest -> {
                    order(0, List.of(0), List.of(1L)).accept(manifest);
                    manifest.setPosition(9L);
                    manifest.getOrder().add(manifest.getOrder().get(0));
                },
                "order: a round at sample 0 (expected: at least 1, before 9)");
    }

    private static Consumer<io.freshet.wire.Snapshot> order(
            long position, List<Integer> partitions, List<Long> samples) {
        return manifest ->
                manifest.setOrder(new ArrayList<>(List.of(new io.freshet.wire.Round(position, partitions, samples))));
    }

    @Test
    void random_bytes_are_read_or_malformed() {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] valid = write(Snapshots.of("m", "k", 4, 1)).get(0).value();
        for (int trial = 0; trial < 5_000; trial++) {
            byte[] bytes = valid.clone();
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
        WireFormat<io.freshet.wire.Snapshot> avro =
                new WireFormat<>(io.freshet.wire.Snapshot.getClassSchema(), List.of());
        io.freshet.wire.Snapshot manifest =
                avro.read(write(Snapshots.of("m", "k", 4, 1)).get(0).value());
        change.accept(manifest);
        byte[] value = avro.write(manifest);
        return new KeyedBytes("m/k".getBytes(StandardCharsets.UTF_8), value);
    }

    private void readQuietly(KeyedBytes record) {
        try {
            read(record);
        } catch (MalformedRecordException e) {
            throw new AssertionError(e);
        }
    }

    private SnapshotReader.Change read(KeyedBytes record) throws MalformedRecordException {
        return reader.read(record.key(), record.value());
    }

    private List<KeyedBytes> write(Snapshot snapshot) {
        return codec.write(snapshot, "samples", 1234, "0.1.0");
    }

    /** Returns a snapshot with exactly {@code parameters} parameters: its inputs times its classes. */
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
        assertThat(actual.lineage().order())
                .usingRecursiveComparison()
                .isEqualTo(expected.lineage().order());
        assertThat(actual.metrics()).isEqualTo(expected.metrics());
        assertThat(actual.labelRange()).isEqualTo(expected.labelRange());
    }
}
