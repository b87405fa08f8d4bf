package io.freshet.schemas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Lineage;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireData;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.avro.WireMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;

/** Would catch a field that is read differently from Avro's own decoder. */
class SnapshotDecoderTest {
    private static final int HEADER = 10;

    private final WireFormat<io.freshet.wire.Snapshot> avro =
            new WireFormat<>(io.freshet.wire.Snapshot.getClassSchema(), List.of());
    private final ManifestCodec manifests = new SnapshotCodec().manifests();
    private final long seed = new Random().nextLong();
    private final RandomSnapshots snapshots = new RandomSnapshots(new Random(seed));

    @Test
    void reads_what_avro_reads() throws Exception {
        for (int i = 0; i < 500; i++) {
            byte[] record = manifests.encode(snapshots.published(i), i % 3).toArray();

            assertEqual("seed " + seed + ", snapshot " + i, manifests.read(record), avro.read(record));
        }
    }

    /** Avro may split an array into several blocks, each with its size in bytes. */
    @Test
    void reads_arrays_in_several_blocks() throws Exception {
        for (int i = 0; i < 200; i++) {
            byte[] record = manifests.encode(snapshots.published(i), 0).toArray();
            io.freshet.wire.Snapshot expected = avro.read(record);

            assertEqual("seed " + seed + ", snapshot " + i, manifests.read(inBlocks(record, expected)), expected);
        }
    }

    @Test
    void rejects_a_record_that_is_cut_off_or_too_long() {
        byte[] record = manifests.encode(snapshots.published(0), 0).toArray();
        for (int length = 0; length < record.length; length++) {
            byte[] cut = Arrays.copyOf(record, length);
            assertThatThrownBy(() -> manifests.read(cut))
                    .as("seed %d, %d bytes", seed, length)
                    .isInstanceOf(MalformedRecordException.class);
        }
        assertThatThrownBy(() -> manifests.read(Arrays.copyOf(record, record.length + 1)))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("value: 1 bytes left over (expected: the end)");
    }

    /** The seed is fixed: one record in a hundred has two texts that share a slot of the cache, and is decoded again. */
    @Test
    void the_records_of_a_model_share_their_texts() throws Exception {
        PublishedSnapshot published = new RandomSnapshots(new Random(1)).published(0);
        byte[] record = manifests.encode(published, 0).toArray();
        Manifest first = manifests.read(record);
        Manifest second = manifests.read(record.clone());

        assertThat(second.model()).isSameAs(first.model());
        assertThat(second.spec()).isSameAs(first.spec());
        assertThat(second.publication().topic()).isSameAs(first.publication().topic());
        assertThat(second.publication().specHash()).isSameAs(first.publication().specHash());
        assertThat(second.publication().freshet()).isSameAs(first.publication().freshet());
    }

    private static byte[] inBlocks(byte[] record, io.freshet.wire.Snapshot snapshot) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(record, 0, HEADER);
        BinaryEncoder encoder = new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(bytes, null);
        new SpecificDatumWriter<>(snapshot.getSchema(), new WireData()).write(snapshot, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private static void assertEqual(String as, Manifest read, io.freshet.wire.Snapshot expected) {
        assertThat(read.model()).as(as).isEqualTo(expected.getModel());
        assertThat(read.key()).as(as).isEqualTo(expected.getKey());
        assertThat(read.version()).as(as).isEqualTo(expected.getVersion());
        assertThat(read.updates()).as(as).isEqualTo(expected.getUpdates());
        assertThat(read.spec().toYaml()).as(as).isEqualTo(expected.getSpec());
        assertThat(read.publication())
                .as(as)
                .isEqualTo(new Publication(
                        expected.getSpecHash(),
                        expected.getChecksum(),
                        expected.getParent(),
                        expected.getTopic(),
                        expected.getPublishedAt().toEpochMilli(),
                        expected.getFreshet()));
        assertThat(read.moments()).as(as).containsExactly(numbers(expected.getMoments()));
        assertThat(read.labelRange()).as(as).containsExactly(numbers(expected.getLabelRange()));
        assertThat(read.parameterCount()).as(as).isEqualTo(expected.getParameterCount());
        assertThat(read.parameters()).as(as).isEqualTo(expected.getParameters());
        assertThat(read.blocks()).as(as).isEqualTo(expected.getBlocks());
        assertThat(read.blockVersions()).as(as).containsExactly(longs(expected.getBlockVersions()));
        assertThat(read.metrics())
                .as(as)
                .isEqualTo(expected.getMetrics() == null ? null : WireMetrics.read(expected.getMetrics()));
        assertEqual(as, read.lineage(), expected);
    }

    private static void assertEqual(String as, Lineage lineage, io.freshet.wire.Snapshot expected) {
        assertThat(lineage.partitions())
                .as(as)
                .containsExactly(
                        expected.getPartitions().stream().mapToInt(i -> i).toArray());
        assertThat(lineage.offsets()).as(as).containsExactly(longs(expected.getOffsets()));
        assertThat(lineage.firstOffsets()).as(as).containsExactly(longs(expected.getFirstOffsets()));
        assertThat(lineage.position()).as(as).isEqualTo(expected.getPosition());
        assertThat(lineage.watermark())
                .as(as)
                .isEqualTo(
                        expected.getWatermark() == null
                                ? Long.MIN_VALUE
                                : expected.getWatermark().toEpochMilli());
        assertThat(lineage.changes())
                .as(as)
                .isEqualTo(expected.getChanges().stream()
                        .map(change -> new Lineage.Change(
                                change.getPosition(),
                                change.getSamples(),
                                change.getSpecHash(),
                                change.getPartition(),
                                change.getOffset()))
                        .toList());
        assertThat(lineage.undone())
                .as(as)
                .isEqualTo(expected.getUndone().stream()
                        .map(undone -> new Lineage.Undone(undone.getAfter(), undone.getSamples()))
                        .toList());
        assertThat(lineage.isOrdered()).as(as).isEqualTo(!expected.getOrder().isEmpty());
        assertThat(lineage.order().rounds().keySet())
                .as(as)
                .containsExactlyElementsOf(expected.getOrder().stream()
                        .map(io.freshet.wire.Round::getPosition)
                        .toList());
        for (io.freshet.wire.Round round : expected.getOrder()) {
            assertThat(lineage.order().rounds().get(round.getPosition()).samples())
                    .as(as)
                    .containsExactly(longs(round.getSamples()));
        }
    }

    private static long[] longs(List<Long> list) {
        return list.stream().mapToLong(i -> i).toArray();
    }

    private static double[] numbers(List<Double> list) {
        return list.stream().mapToDouble(d -> d).toArray();
    }
}
