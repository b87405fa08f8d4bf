package io.freshet.schemas.snapshot;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Round;
import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.avro.AvroMetrics;
import io.freshet.wire.SpecificationChange;
import io.freshet.wire.UndoneSamples;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Converts snapshots to Avro's generated records, which Avro's own encoder writes. */
final class AvroSnapshots {
    private AvroSnapshots() {}

    /** @param blocks number of blocks with the parameters; 0 to store the parameters in the record itself */
    static io.freshet.wire.Snapshot record(PublishedSnapshot published, int blocks) {
        Snapshot snapshot = published.snapshot();
        float[] parameters = snapshot.parameters();
        io.freshet.wire.Snapshot.Builder record = io.freshet.wire.Snapshot.newBuilder()
                .setModel(snapshot.spec().name())
                .setKey(snapshot.key())
                .setVersion(snapshot.version())
                .setUpdates(snapshot.updates())
                .setSpec(snapshot.spec().toYaml())
                .setSpecHash(published.specHash())
                .setTopic(published.topic())
                .setMoments(Arrays.stream(snapshot.moments()).boxed().toList())
                .setParameterCount(parameters.length)
                .setParameters(
                        blocks == 0 ? FloatBytes.write(parameters, 0, parameters.length) : ByteBuffer.allocate(0))
                .setBlocks(blocks)
                .setChecksum(published.checksum())
                .setPublishedAt(Instant.ofEpochMilli(published.publishedAt()))
                .setFreshet(published.freshet())
                .setMetrics(snapshot.metrics() == null ? null : AvroMetrics.record(snapshot.metrics()))
                .setParent(published.parent())
                .setBlockVersions(longs(snapshot.blockVersions()))
                .setLabelRange(Arrays.stream(snapshot.labelRange()).boxed().toList());
        write(snapshot.lineage(), record);
        return record.build();
    }

    /** Returns the history record of a snapshot. */
    static io.freshet.wire.Snapshot history(PublishedSnapshot published) {
        io.freshet.wire.Snapshot record = record(published, 1);
        record.setMoments(List.of());
        record.setLabelRange(List.of());
        record.setBlockVersions(List.of());
        record.setBlocks(0);
        return record;
    }

    private static void write(Lineage lineage, io.freshet.wire.Snapshot.Builder record) {
        long watermark = lineage.watermark();
        record.setPartitions(ints(lineage.partitions()))
                .setFirstOffsets(longs(lineage.firstOffsets()))
                .setOffsets(longs(lineage.offsets()))
                .setPosition(lineage.position())
                .setChanges(lineage.changes().stream()
                        .map(change -> new SpecificationChange(
                                change.position(),
                                change.samples(),
                                change.specHash(),
                                change.partition(),
                                change.offset()))
                        .toList())
                .setUndone(lineage.undone().stream()
                        .map(undone -> new UndoneSamples(undone.after(), undone.samples()))
                        .toList())
                .setOrder(order(lineage))
                .setWatermark(watermark == Long.MIN_VALUE ? null : Instant.ofEpochMilli(watermark));
    }

    private static List<io.freshet.wire.Round> order(Lineage lineage) {
        List<io.freshet.wire.Round> rounds = new ArrayList<>();
        if (lineage.isOrdered()) {
            lineage.order().rounds().forEach((position, round) -> rounds.add(round(position, round)));
        }
        return rounds;
    }

    private static io.freshet.wire.Round round(long position, Round round) {
        return new io.freshet.wire.Round(position, ints(round.partitions()), longs(round.samples()));
    }

    private static List<Integer> ints(int[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    private static List<Long> longs(long[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }
}
