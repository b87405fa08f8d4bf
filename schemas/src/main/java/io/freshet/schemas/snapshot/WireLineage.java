package io.freshet.schemas.snapshot;

import io.freshet.learning.lineage.Lineage;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.wire.Snapshot;
import java.time.Instant;
import java.util.List;

/** Reads the lineages of snapshot records. */
final class WireLineage {
    private WireLineage() {}

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
                        .map(change -> new Lineage.Change(
                                change.getPosition(),
                                change.getSamples(),
                                change.getSpecHash().intern()))
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
