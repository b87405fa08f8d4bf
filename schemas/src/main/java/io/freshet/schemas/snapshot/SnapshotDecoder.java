package io.freshet.schemas.snapshot;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Interleaving;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.AvroCursor;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.SingleObject;
import io.freshet.schemas.avro.WireMetrics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code Snapshot} records of the current schema, field by field in its order: the counterpart of {@link
 * SnapshotEncoder}.
 *
 * <p>A server that starts reads a record for each key, and Avro's own decoder takes several times as long. Pinned by {@code
 * SnapshotDecoderTest}, which compares the two. Thread-safe.
 */
final class SnapshotDecoder {
    private final SpecCache specs;
    private final SharedTexts texts = new SharedTexts();

    SnapshotDecoder(SpecCache specs) {
        this.specs = specs;
    }

    /** @throws MalformedRecordException if the record is malformed, or its specification or lineage is invalid */
    Manifest read(byte[] record) throws MalformedRecordException {
        AvroCursor in = new AvroCursor();
        in.start(record, SingleObject.HEADER);
        String model = sharedText(in);
        String key = text(in);
        long version = in.readLong();
        long updates = in.readLong();
        String spec = sharedText(in);
        String specHash = sharedText(in);
        String topic = sharedText(in);
        int[] partitions = in.readInts();
        long[] offsets = in.readLongs();
        long watermark = in.readPresence() ? in.readLong() : Long.MIN_VALUE;
        double[] moments = in.readDoubles();
        int parameterCount = in.readInt();
        ByteBuffer parameters = bytes(in);
        int blocks = in.readInt();
        long checksum = in.readLong();
        long publishedAt = in.readLong();
        String freshet = sharedText(in);
        Metrics metrics = in.readPresence() ? WireMetrics.read(in) : null;
        long parent = in.readLong();
        long[] firstOffsets = in.readLongs();
        long position = in.readLong();
        List<Lineage.Change> changes = changes(in);
        long[] blockVersions = in.readLongs();
        List<Lineage.Undone> undone = undone(in);
        Interleaving order = WireOrder.read(in, position);
        double[] labelRange = in.readDoubles();
        in.end();
        checkPartitions("offsets", offsets, partitions);
        checkPartitions("firstOffsets", firstOffsets, partitions);
        ModelSpec parsed = specs.parse(spec);
        Lineage lineage = new Lineage(partitions, firstOffsets, offsets, watermark, position, changes, undone, order);
        return new Manifest(
                model,
                key,
                version,
                updates,
                parsed,
                new Publication(specHash, checksum, parent, topic, publishedAt, freshet),
                lineage,
                moments,
                parameterCount,
                parameters,
                blocks,
                blockVersions,
                metrics,
                labelRange);
    }

    private List<Lineage.Change> changes(AvroCursor in) throws MalformedRecordException {
        List<Lineage.Change> changes = new ArrayList<>();
        for (int count = in.readBlock(); count != 0; count = in.readBlock()) {
            for (int i = 0; i < count; i++) {
                changes.add(
                        new Lineage.Change(in.readLong(), in.readLong(), sharedText(in), in.readInt(), in.readLong()));
            }
        }
        return changes;
    }

    private static List<Lineage.Undone> undone(AvroCursor in) throws MalformedRecordException {
        List<Lineage.Undone> undone = new ArrayList<>();
        for (int count = in.readBlock(); count != 0; count = in.readBlock()) {
            for (int i = 0; i < count; i++) {
                undone.add(new Lineage.Undone(in.readLong(), in.readLong()));
            }
        }
        return undone;
    }

    private String sharedText(AvroCursor in) throws MalformedRecordException {
        int length = in.readLength();
        String text = texts.of(in.bytes(), in.at(), length);
        in.skip(length);
        return text;
    }

    private static String text(AvroCursor in) throws MalformedRecordException {
        int length = in.readLength();
        String text = new String(in.bytes(), in.at(), length, StandardCharsets.UTF_8);
        in.skip(length);
        return text;
    }

    private static ByteBuffer bytes(AvroCursor in) throws MalformedRecordException {
        int length = in.readLength();
        ByteBuffer bytes = ByteBuffer.wrap(in.bytes(), in.at(), length);
        in.skip(length);
        return bytes;
    }

    private static void checkPartitions(String field, long[] offsets, int[] partitions)
            throws MalformedRecordException {
        if (offsets.length != partitions.length) {
            throw new MalformedRecordException(field + ": " + offsets.length + " (expected: one for each of "
                    + partitions.length + " partitions)");
        }
    }
}
