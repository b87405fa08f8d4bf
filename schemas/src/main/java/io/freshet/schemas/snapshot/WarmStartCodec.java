package io.freshet.schemas.snapshot;

import io.freshet.learning.predict.WarmStart;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.wire.WarmStartPart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the parameters of warm starts as records of the models topic.
 *
 * <p>The parameters are a snapshot file, split into parts of less than 900 KiB and sent before the specification that names
 * their checksum. The key of a part is {@code model#checksum/index}; a model name contains no {@code #}. Thread-safe.
 */
public final class WarmStartCodec {
    static final int PART_BYTES = 800 << 10;

    private final WireFormat<WarmStartPart> format = new WireFormat<>(WarmStartPart.getClassSchema(), List.of());

    /**
     * One part of a snapshot file.
     *
     * @param model name of the model that starts from the file
     * @param checksum of the warm start, as in the specification
     * @param index from 0
     * @param bytes of the file in this part
     */
    public record Part(String model, String checksum, int index, byte[] bytes) {}

    /** Returns whether a key of the models topic belongs to a part rather than a specification. */
    public static boolean isPart(byte @Nullable [] key) {
        return key != null && text(key).indexOf('#') >= 0;
    }

    /** Returns the model in the key of a part. */
    public static String model(byte[] key) {
        String text = text(key);
        return text.substring(0, text.indexOf('#'));
    }

    /** Returns the checksum in the key of a part. */
    public static String checksum(byte[] key) {
        String text = text(key);
        int slash = text.indexOf('/');
        return text.substring(text.indexOf('#') + 1, slash < 0 ? text.length() : slash);
    }

    /** Returns the records of a model's warm start, in the order to send them. */
    public List<KeyedBytes> write(String model, String checksum, Collection<PublishedSnapshot> snapshots) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            SnapshotFile.write(out, snapshots);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen: no input or output", e);
        }
        byte[] file = out.toByteArray();
        List<KeyedBytes> records = new ArrayList<>();
        for (int from = 0; from < file.length; from += PART_BYTES) {
            int index = records.size();
            ByteBuffer bytes = ByteBuffer.wrap(file, from, Math.min(PART_BYTES, file.length - from));
            byte[] key = (model + "#" + checksum + "/" + index).getBytes(StandardCharsets.UTF_8);
            records.add(new KeyedBytes(key, format.write(new WarmStartPart(model, checksum, index, bytes))));
        }
        return records;
    }

    /** @throws MalformedRecordException if the record is not a part, or its key does not match */
    public Part read(byte[] key, byte[] value) throws MalformedRecordException {
        WarmStartPart part = format.read(value);
        String expected = part.getModel() + "#" + part.getChecksum() + "/" + part.getIndex();
        if (!text(key).equals(expected)) {
            throw new MalformedRecordException("key: " + text(key) + " (expected: " + expected + ")");
        }
        byte[] bytes = new byte[part.getSnapshots().remaining()];
        part.getSnapshots().duplicate().get(bytes);
        return new Part(part.getModel(), part.getChecksum(), part.getIndex(), bytes);
    }

    /**
     * Joins all parts, in order, into a warm start.
     *
     * @throws MalformedRecordException if a part is missing or damaged
     */
    public static WarmStart join(List<byte[]> parts, String checksum) throws MalformedRecordException {
        byte[] file = new byte[parts.stream().mapToInt(part -> part.length).reduce(0, Math::addExact)];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, file, at, part.length);
            at += part.length;
        }
        WarmStart start;
        try {
            start = WarmStart.of(SnapshotFile.read(file).stream()
                    .map(PublishedSnapshot::snapshot)
                    .toList());
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException(String.valueOf(e.getMessage()));
        }
        String found = start.warmStart().checksum();
        if (!found.equals(checksum)) {
            throw new MalformedRecordException("checksum: " + found + " (expected: " + checksum + ")");
        }
        return start;
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }
}
