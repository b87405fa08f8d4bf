package io.freshet.schemas.snapshot;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.kafka.RecordLimit;
import io.freshet.schemas.sample.RecordFields;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the records of the history topic.
 *
 * <p>Each published snapshot has a record without its parameters under the key {@code model/key}. Each specification ever used
 * for training has a record under {@code #spec/hash}, so that a replay finds the specifications that a lineage names. Each
 * job records the format of its samples topic under {@code @format/topic}, which is no model's name. Thread-safe.
 */
public final class HistoryCodec {
    private static final String SPEC_PREFIX = "#spec/";
    private static final String FORMAT_PREFIX = "@format/";

    private final ManifestCodec manifests;
    private final ModelSpecCodec specs = new ModelSpecCodec();
    private final WireFormat<io.freshet.wire.TopicFormat> formats =
            new WireFormat<>(io.freshet.wire.TopicFormat.getClassSchema(), List.of());

    /** @param snapshots codec whose specification cache is shared */
    public HistoryCodec(SnapshotCodec snapshots) {
        manifests = snapshots.manifests();
    }

    /** Returns the record of a snapshot. */
    public KeyedBytes write(PublishedSnapshot published) {
        String model = published.snapshot().spec().name();
        byte[] key = ParameterKey.snapshot(model, published.snapshot().key()).toBytes();
        return new KeyedBytes(key, manifests.writeHistory(published));
    }

    /**
     * Returns the record of a specification.
     *
     * @param hash of {@code spec}
     * @param now milliseconds since 1970, UTC
     */
    public KeyedBytes write(ModelSpec spec, String hash, long now) {
        return new KeyedBytes(bytes(SPEC_PREFIX + hash), specs.write(spec, now).value());
    }

    /**
     * Returns the record of a topic's format.
     *
     * @param now milliseconds since 1970, UTC
     * @throws IllegalStateException if the writers' schemas are too large for a record
     */
    public KeyedBytes write(TopicFormat format, long now) {
        byte[] value = formats.write(new io.freshet.wire.TopicFormat(
                format.topic(),
                format.format(),
                format.registry(),
                format.fields().id(),
                format.fields().time(),
                format.fields().model(),
                format.writerSchemas(),
                Instant.ofEpochMilli(now)));
        return RecordLimit.require(new KeyedBytes(formatKey(format.topic()), value));
    }

    /** Returns the key of the record of a samples topic's format. */
    public static byte[] formatKey(String topic) {
        return bytes(FORMAT_PREFIX + topic);
    }

    /** Returns whether the key belongs to the format of a samples topic. */
    public static boolean isFormat(byte @Nullable [] key) {
        return key != null && new String(key, StandardCharsets.UTF_8).startsWith(FORMAT_PREFIX);
    }

    /** @throws MalformedRecordException if the bytes are not the format of a topic */
    public TopicFormat readFormat(byte[] value) throws MalformedRecordException {
        io.freshet.wire.TopicFormat record = formats.read(value);
        RecordFields fields = new RecordFields(record.getIdField(), record.getTimeField(), record.getModelField());
        return new TopicFormat(
                record.getTopic(), record.getFormat(), record.getRegistry(), fields, record.getWriterSchemas());
    }

    /** Returns the hash in the key of a specification's record, or null if the key belongs to a snapshot. */
    public static @Nullable String specification(byte @Nullable [] key) {
        String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        return text.startsWith(SPEC_PREFIX) ? text.substring(SPEC_PREFIX.length()) : null;
    }

    /** @throws MalformedRecordException if the bytes are not a valid specification */
    public ModelSpec readSpecification(byte[] value) throws MalformedRecordException {
        return specs.read(value);
    }

    /** @throws MalformedRecordException if the bytes are not the record of a snapshot */
    public HistoryEntry read(byte[] value) throws MalformedRecordException {
        Manifest record = manifests.read(value);
        HistoryEntry.Learned learned =
                new HistoryEntry.Learned(record.version(), record.updates(), record.lineage(), record.metrics());
        return new HistoryEntry(record.spec(), record.key(), learned, record.publication());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
