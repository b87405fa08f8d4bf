package io.freshet.schemas.snapshot;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.learner.Snapshot;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecException;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.avro.WireMetrics;
import io.freshet.schemas.topic.ParameterKey;
import io.freshet.wire.ParameterBlock;
import io.freshet.wire.SpecificationChange;
import io.freshet.wire.UndoneSamples;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots as records of the parameters topic: one record up to {@value #LARGEST_WHOLE} parameters; otherwise blocks, as
 * {@link StateLayout} cuts them, each with the version in which it last changed, and then their manifest, which lists these
 * versions. Thread-safe.
 */
public final class SnapshotCodec {
    /** Since no version: all blocks. */
    public static final long ALL = -1;
    /** The parent of a snapshot before which none went out, or none that is known. */
    public static final long NO_PARENT = -1;

    public static final int LARGEST_WHOLE = 1 << 16;
    /** Far more than there are models, so that only a flood of specifications empties the memory of them. */
    private static final int KEPT_SPECS = 1_000;

    private final WireFormat<io.freshet.wire.Snapshot> snapshots =
            new WireFormat<>(io.freshet.wire.Snapshot.getClassSchema(), List.of());
    private final WireFormat<ParameterBlock> blocks = new WireFormat<>(ParameterBlock.getClassSchema(), List.of());
    /** Writing and hashing a specification takes longer than a small snapshot; there are few of them. */
    private final Map<ModelSpec, SpecText> specTexts = new ConcurrentHashMap<>();

    private final Map<String, ModelSpec> specs = new ConcurrentHashMap<>();

    /** What the records of a specification's snapshots say of it, and how these are cut. */
    private record SpecText(String yaml, String hash, StateLayout layout) {
        static SpecText of(ModelSpec spec) {
            StateLayout layout = spec.model().layout(spec.inputShape(), spec.outputs(), 0);
            return new SpecText(spec.toYaml(), spec.hash(), layout);
        }
    }

    /**
     * Returns a snapshot with the circumstances of its publishing.
     *
     * @param parent version of the snapshot that went out before it, or {@link #NO_PARENT}
     * @param topic that the samples came from
     * @param publishedAt milliseconds since 1970, UTC
     * @param freshet version of Freshet
     */
    public PublishedSnapshot publish(Snapshot snapshot, long parent, String topic, long publishedAt, String freshet) {
        long checksum = FloatBytes.checksum(snapshot.parameters());
        return new PublishedSnapshot(
                snapshot, text(snapshot.spec()).hash(), topic, publishedAt, checksum, freshet, parent);
    }

    /** Returns all records of a snapshot that has no parent, in the order to send them. */
    public List<KeyedBytes> write(Snapshot snapshot, String topic, long publishedAt, String freshet) {
        return write(publish(snapshot, NO_PARENT, topic, publishedAt, freshet), ALL);
    }

    /**
     * Returns the records of a snapshot, in the order to send them.
     *
     * @param since a version: blocks that did not change after it are left out; {@link #ALL} leaves out none
     */
    public List<KeyedBytes> write(PublishedSnapshot published, long since) {
        Snapshot snapshot = published.snapshot();
        String model = snapshot.spec().name();
        List<KeyedBytes> records = new ArrayList<>();
        StateLayout layout = text(snapshot.spec()).layout();
        int count = blocks(layout);
        long[] versions = snapshot.blockVersions();
        for (int index = 0; index < count; index++) {
            long version = versions.length == 0 ? snapshot.version() : versions[index];
            if (version > since) {
                int start = layout.blockStart(index);
                ByteBuffer bytes = FloatBytes.write(snapshot.parameters(), start, layout.blockEnd(index));
                ParameterBlock block = new ParameterBlock(model, snapshot.key(), version, index, start, bytes);
                byte[] key = ParameterKey.block(model, snapshot.key(), index).toBytes();
                records.add(new KeyedBytes(key, blocks.write(block)));
            }
        }
        byte[] key = ParameterKey.snapshot(model, snapshot.key()).toBytes();
        records.add(new KeyedBytes(key, snapshots.write(record(published, count))));
        return records;
    }

    /** Returns how many blocks a snapshot of a layout is sent in; 0 if it is one record. */
    public static int blocks(StateLayout layout) {
        return layout.parameters() <= LARGEST_WHOLE ? 0 : layout.blocks();
    }

    /** Returns a snapshot as one record, however large. */
    io.freshet.wire.Snapshot whole(PublishedSnapshot published) {
        return record(published, 0);
    }

    /** Returns a snapshot as a record, with its parameters if they are not in blocks. */
    public io.freshet.wire.Snapshot record(PublishedSnapshot published, int blocks) {
        Snapshot snapshot = published.snapshot();
        float[] parameters = snapshot.parameters();
        Lineage lineage = snapshot.lineage();
        long watermark = lineage.watermark();
        return io.freshet.wire.Snapshot.newBuilder()
                .setModel(snapshot.spec().name())
                .setKey(snapshot.key())
                .setVersion(snapshot.version())
                .setUpdates(snapshot.updates())
                .setSpec(text(snapshot.spec()).yaml())
                .setSpecHash(published.specHash())
                .setTopic(published.topic())
                .setPartitions(Arrays.stream(lineage.partitions()).boxed().toList())
                .setFirstOffsets(Arrays.stream(lineage.firstOffsets()).boxed().toList())
                .setOffsets(Arrays.stream(lineage.offsets()).boxed().toList())
                .setPosition(lineage.position())
                .setChanges(lineage.changes().stream().map(SnapshotCodec::write).toList())
                .setUndone(lineage.undone().stream()
                        .map(undone -> new UndoneSamples(undone.after(), undone.samples()))
                        .toList())
                .setOrder(WireOrder.write(lineage))
                .setWatermark(watermark == Long.MIN_VALUE ? null : Instant.ofEpochMilli(watermark))
                .setMoments(Arrays.stream(snapshot.moments()).boxed().toList())
                .setParameterCount(parameters.length)
                .setParameters(
                        blocks == 0 ? FloatBytes.write(parameters, 0, parameters.length) : ByteBuffer.allocate(0))
                .setBlocks(blocks)
                .setChecksum(published.checksum())
                .setPublishedAt(Instant.ofEpochMilli(published.publishedAt()))
                .setFreshet(published.freshet())
                .setMetrics(snapshot.metrics() == null ? null : WireMetrics.write(snapshot.metrics()))
                .setParent(published.parent())
                .setBlockVersions(
                        Arrays.stream(snapshot.blockVersions()).boxed().toList())
                .build();
    }

    private static SpecificationChange write(Lineage.Change change) {
        return new SpecificationChange(change.position(), change.samples(), change.specHash());
    }

    public static Lineage lineage(io.freshet.wire.Snapshot manifest) {
        long[] offsets = longs(manifest.getOffsets());
        long[] firstOffsets = longs(manifest.getFirstOffsets());
        Instant watermark = manifest.getWatermark();
        return new Lineage(
                manifest.getPartitions().stream().mapToInt(i -> i).toArray(),
                firstOffsets.length == 0 ? offsets.clone() : firstOffsets,
                offsets,
                watermark == null ? Long.MIN_VALUE : watermark.toEpochMilli(),
                manifest.getPosition(),
                manifest.getChanges().stream()
                        .map(change ->
                                new Lineage.Change(change.getPosition(), change.getSamples(), change.getSpecHash()))
                        .toList(),
                manifest.getUndone().stream()
                        .map(undone -> new Lineage.Undone(undone.getAfter(), undone.getSamples()))
                        .toList(),
                WireOrder.read(manifest.getOrder(), manifest.getPosition()));
    }

    private static long[] longs(List<Long> list) {
        return list.stream().mapToLong(i -> i).toArray();
    }

    private SpecText text(ModelSpec spec) {
        return specTexts.computeIfAbsent(spec, SpecText::of);
    }

    /** Returns the tombstones that delete a model's snapshot and so many blocks of it. */
    public List<KeyedBytes> delete(String model, String key, int blocks) {
        List<KeyedBytes> records = new ArrayList<>();
        records.add(new KeyedBytes(ParameterKey.snapshot(model, key).toBytes(), null));
        records.addAll(deleteBlocks(model, key, 0, blocks));
        return records;
    }

    public byte[] writeManifest(io.freshet.wire.Snapshot manifest) {
        return snapshots.write(manifest);
    }

    /** Returns the tombstones of the blocks from one number to before another. */
    public List<KeyedBytes> deleteBlocks(String model, String key, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(block ->
                        new KeyedBytes(ParameterKey.block(model, key, block).toBytes(), null))
                .toList();
    }

    public io.freshet.wire.Snapshot readManifest(byte[] value) throws MalformedRecordException {
        return snapshots.read(value);
    }

    public ParameterBlock readBlock(byte[] value) throws MalformedRecordException {
        return blocks.read(value);
    }

    /**
     * Returns the snapshot of a manifest, checked; null if a block of it is missing or of another version.
     *
     * @param newest blocks that were read before the manifest
     * @throws MalformedRecordException if what is there does not fit together
     */
    public @Nullable PublishedSnapshot assemble(io.freshet.wire.Snapshot manifest, BlockAssembly newest)
            throws MalformedRecordException {
        ModelSpec spec;
        try {
            spec = spec(manifest.getSpec());
        } catch (SpecException e) {
            throw new MalformedRecordException("spec: " + e.getMessage());
        }
        if (manifest.getParameterCount() != spec.parameterCount()) {
            throw new MalformedRecordException(
                    "parameterCount: " + manifest.getParameterCount() + " (expected: " + spec.parameterCount() + ")");
        }
        checkFit(manifest, spec);
        float[] parameters = manifest.getBlocks() == 0 ? whole(manifest) : newest.parameters(manifest);
        if (parameters == null) {
            return null;
        }
        long checksum = FloatBytes.checksum(parameters);
        if (checksum != manifest.getChecksum()) {
            throw new MalformedRecordException("checksum: " + checksum + " (expected: " + manifest.getChecksum() + ")");
        }
        Metrics metrics = manifest.getMetrics() == null ? null : WireMetrics.read(manifest.getMetrics());
        Snapshot snapshot = new Snapshot(
                spec,
                manifest.getKey(),
                manifest.getVersion(),
                manifest.getUpdates(),
                parameters,
                manifest.getMoments().stream().mapToDouble(d -> d).toArray(),
                lineage(manifest),
                longs(manifest.getBlockVersions()),
                metrics);
        return new PublishedSnapshot(
                snapshot,
                manifest.getSpecHash(),
                manifest.getTopic(),
                manifest.getPublishedAt().toEpochMilli(),
                checksum,
                manifest.getFreshet(),
                manifest.getParent());
    }

    private static void checkFit(io.freshet.wire.Snapshot manifest, ModelSpec spec) throws MalformedRecordException {
        checkLineage(manifest);
        if (!manifest.getModel().equals(spec.name())) {
            throw new MalformedRecordException("model: " + manifest.getModel() + " (expected: " + spec.name() + ")");
        }
        if (manifest.getBlocks() < 0) {
            throw new MalformedRecordException("blocks: " + manifest.getBlocks() + " (expected: at least 0)");
        }
        int versions = manifest.getBlockVersions().size();
        if (versions != 0 && manifest.getBlocks() != 0 && versions != manifest.getBlocks()) {
            throw new MalformedRecordException(
                    "blockVersions: " + versions + " (expected: one for each of " + manifest.getBlocks() + " blocks)");
        }
        int moments = 1 + 2 * spec.features().standardizer().size();
        if (manifest.getMoments().size() != moments) {
            throw new MalformedRecordException(
                    "moments: " + manifest.getMoments().size() + " (expected: " + moments + ")");
        }
    }

    /** @throws MalformedRecordException if partitions and offsets do not go together, or an order that cannot be */
    public static void checkLineage(io.freshet.wire.Snapshot manifest) throws MalformedRecordException {
        int partitions = manifest.getPartitions().size();
        if (manifest.getOffsets().size() != partitions) {
            throw new MalformedRecordException("offsets: "
                    + manifest.getOffsets().size() + " (expected: one for each of " + partitions + " partitions)");
        }
        int first = manifest.getFirstOffsets().size();
        if (first != partitions && first != 0) {
            throw new MalformedRecordException(
                    "firstOffsets: " + first + " (expected: one for each of " + partitions + " partitions)");
        }
        WireOrder.check(manifest.getOrder(), manifest.getPosition());
    }

    /** Counts the bytes before it makes room for them: a specification may speak of far more than there is. */
    private static float[] whole(io.freshet.wire.Snapshot manifest) throws MalformedRecordException {
        FloatBytes.expect(manifest.getParameters().remaining(), manifest.getParameterCount());
        float[] parameters = new float[manifest.getParameterCount()];
        FloatBytes.read(manifest.getParameters(), parameters, 0);
        return parameters;
    }

    /** Returns a specification, the same one for the same text: the keys of a model share theirs. */
    public ModelSpec spec(String yaml) {
        if (specs.size() >= KEPT_SPECS) {
            specs.clear();
        }
        return specs.computeIfAbsent(yaml, ModelSpec::parse);
    }
}
