package io.freshet.schemas;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.learner.Lineage;
import io.freshet.learning.learner.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecException;
import io.freshet.wire.ParameterBlock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots as records of the parameters topic: one record if it is small; otherwise blocks, and then their manifest.
 *
 * <p>A block holds up to {@value #BLOCK_PARAMETERS} parameters, so that each record stays below 900 KiB. Thread-safe.
 */
public final class SnapshotCodec {
    static final int BLOCK_PARAMETERS = 200_000;

    private final BinaryMessageEncoder<io.freshet.wire.Snapshot> snapshots = io.freshet.wire.Snapshot.getEncoder();
    private final BinaryMessageEncoder<ParameterBlock> blocks = ParameterBlock.getEncoder();
    private final BinaryMessageDecoder<io.freshet.wire.Snapshot> snapshotReader = io.freshet.wire.Snapshot.getDecoder();
    private final BinaryMessageDecoder<ParameterBlock> blockReader = ParameterBlock.getDecoder();

    /**
     * Returns the records of a snapshot, in the order to send them.
     *
     * @param topic that the samples came from
     * @param publishedAt milliseconds since 1970, UTC
     * @param freshet version of Freshet
     */
    public List<KeyedBytes> write(Snapshot snapshot, String topic, long publishedAt, String freshet) {
        float[] parameters = snapshot.parameters();
        String model = snapshot.spec().name();
        List<KeyedBytes> records = new ArrayList<>();
        boolean whole = parameters.length <= BLOCK_PARAMETERS;
        for (int start = 0; !whole && start < parameters.length; start += BLOCK_PARAMETERS) {
            int end = Math.min(start + BLOCK_PARAMETERS, parameters.length);
            int index = records.size();
            ParameterBlock block = new ParameterBlock(
                    model, snapshot.key(), snapshot.version(), index, start, FloatBytes.write(parameters, start, end));
            byte[] key = ParameterKey.block(model, snapshot.key(), index).toBytes();
            records.add(new KeyedBytes(key, encode(blocks, block)));
        }
        Lineage lineage = snapshot.lineage();
        long watermark = lineage.watermark();
        io.freshet.wire.Snapshot manifest = io.freshet.wire.Snapshot.newBuilder()
                .setModel(model)
                .setKey(snapshot.key())
                .setVersion(snapshot.version())
                .setUpdates(snapshot.updates())
                .setSpec(snapshot.spec().toYaml())
                .setSpecHash(snapshot.spec().hash())
                .setTopic(topic)
                .setPartitions(Arrays.stream(lineage.partitions()).boxed().toList())
                .setOffsets(Arrays.stream(lineage.offsets()).boxed().toList())
                .setWatermark(watermark == Long.MIN_VALUE ? null : Instant.ofEpochMilli(watermark))
                .setMoments(Arrays.stream(snapshot.moments()).boxed().toList())
                .setParameterCount(parameters.length)
                .setParameters(whole ? FloatBytes.write(parameters, 0, parameters.length) : ByteBuffer.allocate(0))
                .setBlocks(records.size())
                .setChecksum(FloatBytes.checksum(parameters))
                .setPublishedAt(Instant.ofEpochMilli(publishedAt))
                .setFreshet(freshet)
                .setMetrics(snapshot.metrics() == null ? null : WireMetrics.write(snapshot.metrics()))
                .build();
        records.add(
                new KeyedBytes(ParameterKey.snapshot(model, snapshot.key()).toBytes(), encode(snapshots, manifest)));
        return records;
    }

    /** Returns the tombstones that delete a model's snapshot and its blocks. */
    public List<KeyedBytes> delete(String model, String key, int parameterCount) {
        List<KeyedBytes> records = new ArrayList<>();
        records.add(new KeyedBytes(ParameterKey.snapshot(model, key).toBytes(), null));
        int blockCount = parameterCount <= BLOCK_PARAMETERS ? 0 : (parameterCount - 1) / BLOCK_PARAMETERS + 1;
        for (int i = 0; i < blockCount; i++) {
            records.add(new KeyedBytes(ParameterKey.block(model, key, i).toBytes(), null));
        }
        return records;
    }

    io.freshet.wire.Snapshot readManifest(byte[] value) throws MalformedRecordException {
        try {
            return snapshotReader.decode(value);
        } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException e) {
            throw new MalformedRecordException("value: " + e.getMessage() + " (expected: a snapshot)");
        }
    }

    ParameterBlock readBlock(byte[] value) throws MalformedRecordException {
        try {
            return blockReader.decode(value);
        } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException e) {
            throw new MalformedRecordException("value: " + e.getMessage() + " (expected: a parameter block)");
        }
    }

    /**
     * Returns the snapshot of a manifest and its blocks, checked; null if a block is missing or of another version.
     *
     * @param block the newest block of each number, or null
     * @throws MalformedRecordException if what is there does not fit together
     */
    @Nullable PublishedSnapshot assemble(io.freshet.wire.Snapshot manifest, IntFunction<@Nullable ParameterBlock> block)
            throws MalformedRecordException {
        ModelSpec spec;
        try {
            spec = ModelSpec.parse(manifest.getSpec());
        } catch (SpecException e) {
            throw new MalformedRecordException("spec: " + e.getMessage());
        }
        if (manifest.getParameterCount() != spec.parameterCount()) {
            throw new MalformedRecordException(
                    "parameterCount: " + manifest.getParameterCount() + " (expected: " + spec.parameterCount() + ")");
        }
        float[] parameters = new float[manifest.getParameterCount()];
        if (manifest.getBlocks() == 0) {
            fill(parameters, 0, manifest.getParameters());
        }
        for (int i = 0; i < manifest.getBlocks(); i++) {
            ParameterBlock part = block.apply(i);
            if (part == null || part.getVersion() != manifest.getVersion()) {
                return null;
            }
            fill(parameters, part.getStart(), part.getParameters());
        }
        long checksum = FloatBytes.checksum(parameters);
        if (checksum != manifest.getChecksum()) {
            throw new MalformedRecordException("checksum: " + checksum + " (expected: " + manifest.getChecksum() + ")");
        }
        Instant watermark = manifest.getWatermark();
        Lineage lineage = new Lineage(
                manifest.getPartitions().stream().mapToInt(i -> i).toArray(),
                manifest.getOffsets().stream().mapToLong(i -> i).toArray(),
                watermark == null ? Long.MIN_VALUE : watermark.toEpochMilli());
        Metrics metrics = manifest.getMetrics() == null ? null : WireMetrics.read(manifest.getMetrics());
        Snapshot snapshot = new Snapshot(
                spec,
                manifest.getKey(),
                manifest.getVersion(),
                manifest.getUpdates(),
                parameters,
                manifest.getMoments().stream().mapToDouble(d -> d).toArray(),
                lineage,
                metrics);
        return new PublishedSnapshot(
                snapshot,
                manifest.getSpecHash(),
                manifest.getTopic(),
                manifest.getPublishedAt().toEpochMilli(),
                checksum,
                manifest.getFreshet());
    }

    private static void fill(float[] parameters, int start, ByteBuffer bytes) throws MalformedRecordException {
        if (start < 0 || bytes.remaining() > (parameters.length - start) * (long) Float.BYTES) {
            throw new MalformedRecordException(
                    "parameters: " + bytes.remaining() + " bytes (expected: up to " + parameters.length + " floats)");
        }
        FloatBytes.read(bytes, parameters, start);
    }

    private static <T> byte[] encode(BinaryMessageEncoder<T> encoder, T datum) {
        try {
            ByteBuffer buffer = encoder.encode(datum);
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen: no input or output", e);
        }
    }
}
