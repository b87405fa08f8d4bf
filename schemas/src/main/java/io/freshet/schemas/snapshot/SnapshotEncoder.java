package io.freshet.schemas.snapshot;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Round;
import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.avro.AvroBuffer;
import io.freshet.schemas.avro.WireMetrics;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code Snapshot} records in Avro's single-object encoding, field by field in the order of the schema.
 *
 * <p>A model with many keys publishes small snapshots at a high rate, and Avro's own encoder takes several times as long. The
 * bytes are the same. Pinned by {@code SnapshotEncoderTest}, which compares the two. Thread-safe.
 */
final class SnapshotEncoder {
    static final long FINGERPRINT = SchemaNormalization.parsingFingerprint64(io.freshet.wire.Snapshot.getClassSchema());
    /** Expected bytes of the fields other than the specification, the moments, and the parameters. */
    private static final int OTHER_FIELDS = 512;

    private static final long[] NO_LONGS = {};
    private static final double[] NO_DOUBLES = {};

    private SnapshotEncoder() {}

    /**
     * Returns the record of a snapshot.
     *
     * @param spec UTF-8
     * @param blocks number of blocks with the parameters; 0 to store the parameters in the record itself
     */
    static AvroBuffer write(PublishedSnapshot published, byte[] spec, int blocks) {
        Snapshot snapshot = published.snapshot();
        int inline = blocks == 0 ? snapshot.parameters().length : 0;
        return write(published, spec, snapshot, inline, blocks);
    }

    /**
     * Returns the record of a snapshot without its parameters, moments, range of labels, and blocks.
     *
     * @param spec UTF-8
     */
    static AvroBuffer writeHistory(PublishedSnapshot published, byte[] spec) {
        return write(published, spec, null, 0, 0);
    }

    /**
     * @param state null to store none of the numbers that a prediction needs
     * @param inline number of parameters to store in the record
     */
    private static AvroBuffer write(
            PublishedSnapshot published, byte[] spec, @Nullable Snapshot state, int inline, int blocks) {
        Snapshot snapshot = published.snapshot();
        Lineage lineage = snapshot.lineage();
        double[] moments = state == null ? NO_DOUBLES : state.moments();
        int capacity = OTHER_FIELDS + spec.length + moments.length * Double.BYTES + inline * Float.BYTES;
        AvroBuffer out = new AvroBuffer(FINGERPRINT, capacity);
        out.writeString(snapshot.spec().name());
        out.writeString(snapshot.key());
        out.writeLong(snapshot.version());
        out.writeLong(snapshot.updates());
        out.writeBytes(spec, 0, spec.length);
        out.writeString(published.specHash());
        out.writeString(published.topic());
        writeLongs(out, lineage.partitions());
        writeLongs(out, lineage.offsets());
        writeWatermark(out, lineage.watermark());
        out.writeDoubles(moments);
        out.writeLong(snapshot.parameters().length);
        out.writeLong((long) inline * Float.BYTES);
        out.writeFloats(snapshot.parameters(), 0, inline);
        out.writeLong(blocks);
        out.writeLong(published.checksum());
        out.writeLong(published.publishedAt());
        out.writeString(published.freshet());
        writeMetrics(out, snapshot.metrics());
        out.writeLong(published.parent());
        writeLongs(out, lineage.firstOffsets());
        out.writeLong(lineage.position());
        writeChanges(out, lineage);
        writeLongs(out, state == null ? NO_LONGS : state.blockVersions());
        writeUndone(out, lineage);
        writeOrder(out, lineage);
        out.writeDoubles(state == null ? NO_DOUBLES : state.labelRange());
        return out;
    }

    private static void writeWatermark(AvroBuffer out, long watermark) {
        boolean isPresent = watermark != Long.MIN_VALUE;
        out.writeLong(isPresent ? 1 : 0);
        if (isPresent) {
            out.writeLong(watermark);
        }
    }

    private static void writeMetrics(AvroBuffer out, @Nullable Metrics metrics) {
        out.writeLong(metrics == null ? 0 : 1);
        if (metrics != null) {
            WireMetrics.write(metrics, out);
        }
    }

    private static void writeChanges(AvroBuffer out, Lineage lineage) {
        out.startBlock(lineage.changes().size());
        for (Lineage.Change change : lineage.changes()) {
            out.writeLong(change.position());
            out.writeLong(change.samples());
            out.writeString(change.specHash());
            out.writeLong(change.partition());
            out.writeLong(change.offset());
        }
        out.endBlocks();
    }

    private static void writeUndone(AvroBuffer out, Lineage lineage) {
        out.startBlock(lineage.undone().size());
        for (Lineage.Undone undone : lineage.undone()) {
            out.writeLong(undone.after());
            out.writeLong(undone.samples());
        }
        out.endBlocks();
    }

    /** Writes the order of partitions; nothing if it was not recorded. */
    private static void writeOrder(AvroBuffer out, Lineage lineage) {
        if (lineage.isOrdered()) {
            out.startBlock(lineage.order().rounds().size());
            lineage.order().rounds().forEach((position, round) -> writeRound(out, position, round));
        }
        out.endBlocks();
    }

    private static void writeRound(AvroBuffer out, long position, Round round) {
        out.writeLong(position);
        writeLongs(out, round.partitions());
        writeLongs(out, round.samples());
    }

    private static void writeLongs(AvroBuffer out, int[] numbers) {
        out.startBlock(numbers.length);
        for (int number : numbers) {
            out.writeLong(number);
        }
        out.endBlocks();
    }

    private static void writeLongs(AvroBuffer out, long[] numbers) {
        out.startBlock(numbers.length);
        for (long number : numbers) {
            out.writeLong(number);
        }
        out.endBlocks();
    }
}
