package io.freshet.schemas.snapshot;

import io.freshet.learning.lineage.Lineage;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.wire.Snapshot;
import io.freshet.wire.SpecificationChange;
import io.freshet.wire.UndoneSamples;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Converts lineages to and from snapshot records. */
final class WireLineage {
    private WireLineage() {}

    static void write(Lineage lineage, Snapshot.Builder record) {
        long watermark = lineage.watermark();
        record.setPartitions(Arrays.stream(lineage.partitions()).boxed().toList())
                .setFirstOffsets(Arrays.stream(lineage.firstOffsets()).boxed().toList())
                .setOffsets(Arrays.stream(lineage.offsets()).boxed().toList())
                .setPosition(lineage.position())
                .setChanges(lineage.changes().stream()
                        .map(change -> new SpecificationChange(change.position(), change.samples(), change.specHash()))
                        .toList())
                .setUndone(lineage.undone().stream()
                        .map(undone -> new UndoneSamples(undone.after(), undone.samples()))
                        .toList())
                .setOrder(WireOrder.write(lineage))
                .setWatermark(watermark == Long.MIN_VALUE ? null : Instant.ofEpochMilli(watermark));
    }

    /** @throws MalformedRecordException if offsets and partitions differ in number, or the order is invalid */
    static Lineage read(Snapshot record) throws MalformedRecordException {
        check(record);
        long[] offsets = longs(record.getOffsets());
        long[] firstOffsets = longs(record.getFirstOffsets());
        Instant watermark = record.getWatermark();
        return new Lineage(
                record.getPartitions().stream().mapToInt(i -> i).toArray(),
                firstOffsets.length == 0 ? offsets.clone() : firstOffsets,
                offsets,
                watermark == null ? Long.MIN_VALUE : watermark.toEpochMilli(),
                record.getPosition(),
                record.getChanges().stream()
                        .map(change ->
                                new Lineage.Change(change.getPosition(), change.getSamples(), change.getSpecHash()))
                        .toList(),
                record.getUndone().stream()
                        .map(undone -> new Lineage.Undone(undone.getAfter(), undone.getSamples()))
                        .toList(),
                WireOrder.read(record.getOrder(), record.getPosition()));
    }

    private static void check(Snapshot record) throws MalformedRecordException {
        int partitions = record.getPartitions().size();
        if (record.getOffsets().size() != partitions) {
            throw new MalformedRecordException("offsets: " + record.getOffsets().size() + " (expected: one for each of "
                    + partitions + " partitions)");
        }
        int first = record.getFirstOffsets().size();
        if (first != partitions && first != 0) {
            throw new MalformedRecordException(
                    "firstOffsets: " + first + " (expected: one for each of " + partitions + " partitions)");
        }
        WireOrder.check(record.getOrder(), record.getPosition());
    }

    private static long[] longs(List<Long> list) {
        return list.stream().mapToLong(i -> i).toArray();
    }
}
