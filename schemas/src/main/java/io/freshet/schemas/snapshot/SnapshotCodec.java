package io.freshet.schemas.snapshot;

import io.freshet.learning.model.StateLayout;
import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.wire.ParameterBlock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Writes snapshots as records of the parameters topic.
 *
 * <p>A snapshot of up to {@value #LARGEST_WHOLE} parameters is one record. A larger one is split into the blocks of {@link
 * StateLayout}, each with the version at which it last changed, followed by a manifest that lists these versions. Thread-safe.
 */
public final class SnapshotCodec {
    /** The value of {@code since} that writes all blocks. */
    public static final long ALL = -1;
    /** The parent of a model key's first snapshot, or of one whose predecessor is unknown. */
    public static final long NO_PARENT = -1;

    /** Maximum parameters of a snapshot in one record. */
    static final int LARGEST_WHOLE = 1 << 16;

    private final SpecCache specs = new SpecCache();
    private final ManifestCodec manifests = new ManifestCodec(specs);
    private final WireFormat<ParameterBlock> blocks = new WireFormat<>(ParameterBlock.getClassSchema(), List.of());

    /** Returns the codec of manifests, which shares this codec's specification cache. */
    public ManifestCodec manifests() {
        return manifests;
    }

    /**
     * Adds the provenance to a snapshot.
     *
     * @param parent version of the previous snapshot, or {@link #NO_PARENT}
     * @param topic samples topic
     * @param publishedAt milliseconds since 1970, UTC
     * @param freshet version of Freshet
     */
    public PublishedSnapshot publish(Snapshot snapshot, long parent, String topic, long publishedAt, String freshet) {
        long checksum = FloatBytes.checksum(snapshot.parameters());
        String specHash = specs.text(snapshot.spec()).hash();
        return new PublishedSnapshot(
                snapshot, new Publication(specHash, checksum, parent, topic, publishedAt, freshet));
    }

    /** Returns all records of a snapshot without a parent, in the order to send them. */
    public List<KeyedBytes> write(Snapshot snapshot, String topic, long publishedAt, String freshet) {
        return write(publish(snapshot, NO_PARENT, topic, publishedAt, freshet), ALL);
    }

    /**
     * Returns the records of a snapshot, in the order to send them.
     *
     * @param since omits blocks unchanged since this version; {@link #ALL} to write all blocks
     */
    public List<KeyedBytes> write(PublishedSnapshot published, long since) {
        Snapshot snapshot = published.snapshot();
        String model = snapshot.spec().name();
        List<KeyedBytes> records = new ArrayList<>();
        StateLayout layout = specs.text(snapshot.spec()).layout();
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
        records.add(new KeyedBytes(key, manifests.encode(published, count).toArray()));
        return records;
    }

    /** Returns the number of blocks of a snapshot, or 0 if it is one record. */
    public static int blocks(StateLayout layout) {
        return layout.parameters() <= LARGEST_WHOLE ? 0 : layout.blocks();
    }

    /** Returns the tombstones that delete a model key's snapshot and its first {@code blocks} blocks. */
    public List<KeyedBytes> delete(String model, String key, int blocks) {
        List<KeyedBytes> records = new ArrayList<>();
        records.add(new KeyedBytes(ParameterKey.snapshot(model, key).toBytes(), null));
        records.addAll(deleteBlocks(model, key, 0, blocks));
        return records;
    }

    /** Returns the tombstones of the blocks {@code [from, to)}. */
    public List<KeyedBytes> deleteBlocks(String model, String key, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(block ->
                        new KeyedBytes(ParameterKey.block(model, key, block).toBytes(), null))
                .toList();
    }

    ParameterBlock readBlock(byte[] value) throws MalformedRecordException {
        return blocks.read(value);
    }
}
