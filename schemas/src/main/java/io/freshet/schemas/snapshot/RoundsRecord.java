package io.freshet.schemas.snapshot;

import io.freshet.learning.replica.RoundsMessage;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A record of the rounds topic: a message about the replicas of a model, or a part of one of more than {@value #LARGEST_PART} bytes.
 *
 * <pre>
 *   key     model/contributions, model/merged, or model/blocks-n, which also determines the partition
 *   value   version, type, origin, sender, round, id, part, parts, bytes, CRC-32C of everything before
 * </pre>
 *
 * Pinned by {@code RoundsRecordTest}.
 *
 * @param type, sender, and round of the message: see {@link RoundsMessage}
 * @param origin identifies the replicas since they started from scratch; others are not of this model's state
 * @param id of the message: the CRC-32 and CRC-32C of its bytes, so that equal messages have equal ids
 * @param part of the message, from 0
 * @param parts of the message, at least 1
 * @param bytes of the part, in an array that must not change
 */
public record RoundsRecord(
        byte type, String origin, int sender, long round, long id, int part, int parts, ByteBuffer bytes) {
    /** Below a topic's default limit of 1 MiB, with room for the other fields and batch overhead. */
    public static final int LARGEST_PART = 1 << 19;

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);
    private static final byte VERSION = 1;

    /**
     * Returns the key of the messages of a model to some readers.
     *
     * @param to as in the header of a message
     */
    public static String key(String model, String to) {
        return model + "/" + to;
    }

    /** Returns the records of a message. Its bytes are written once, into their values. */
    public static List<KeyedBytes> write(String model, String origin, RoundsMessage message) {
        RoundsMessage.Header header = message.header();
        byte[] key = key(model, header.to()).getBytes(StandardCharsets.UTF_8);
        RoundsRecord empty = new RoundsRecord(header.type(), origin, header.sender(), header.round(), 0, 0, 1, NONE);
        int before = empty.fields().length;
        PartsOutput bytes = new PartsOutput(before, Integer.BYTES, LARGEST_PART);
        try {
            message.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("an array takes all bytes", e);
        }
        List<ByteBuffer> parts = bytes.parts();
        long id = id(parts);
        List<KeyedBytes> records = new ArrayList<>();
        for (ByteBuffer part : parts) {
            RoundsRecord record = new RoundsRecord(
                    header.type(), origin, header.sender(), header.round(), id, records.size(), parts.size(), part);
            records.add(new KeyedBytes(key, record.around(part.array())));
        }
        return records;
    }

    static long id(List<ByteBuffer> message) {
        CRC32 crc = new CRC32();
        CRC32C other = new CRC32C();
        for (ByteBuffer part : message) {
            crc.update(part.duplicate());
            other.update(part.duplicate());
        }
        return crc.getValue() << 32 | other.getValue();
    }

    /** Returns the record as bytes. */
    public byte[] value() {
        int before = fields().length;
        byte[] value = new byte[before + bytes.remaining() + Integer.BYTES];
        bytes.duplicate().get(value, before, bytes.remaining());
        return around(value);
    }

    /** Returns a value that has the bytes of the part, with all else added before and after them. */
    private byte[] around(byte[] value) {
        byte[] fields = fields();
        System.arraycopy(fields, 0, value, 0, fields.length);
        int length = value.length - Integer.BYTES;
        ByteBuffer.wrap(value).putInt(length, checksum(ByteBuffer.wrap(value, 0, length)));
        return value;
    }

    /** Returns what precedes the bytes of the part. */
    private byte[] fields() {
        ByteArrayOutputStream fields = new ByteArrayOutputStream(128);
        try (DataOutputStream out = new DataOutputStream(fields)) {
            out.writeByte(VERSION);
            out.writeByte(type);
            out.writeUTF(origin);
            out.writeInt(sender);
            out.writeLong(round);
            out.writeLong(id);
            out.writeInt(part);
            out.writeInt(parts);
            out.writeInt(bytes.remaining());
        } catch (IOException e) {
            throw new UncheckedIOException("an array takes all bytes", e);
        }
        return fields.toByteArray();
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** @throws MalformedRecordException if the value is not that of an intact record */
    public static RoundsRecord read(byte @Nullable [] value) throws MalformedRecordException {
        return read(value == null ? null : ByteBuffer.wrap(value));
    }

    /**
     * Reads a record; its bytes are those of the value.
     *
     * @throws MalformedRecordException if the value is not that of an intact record
     */
    public static RoundsRecord read(@Nullable ByteBuffer value) throws MalformedRecordException {
        if (value == null || value.remaining() < Integer.BYTES) {
            throw new MalformedRecordException("rounds record: no value (expected: a message)");
        }
        int length = value.remaining() - Integer.BYTES;
        byte first = value.get(value.position());
        if (first != VERSION) {
            throw new MalformedRecordException("rounds record: version " + first + " (expected: " + VERSION + ")");
        }
        ByteBuffer fields = value.slice(value.position(), length);
        if (value.getInt(value.position() + length) != checksum(fields.duplicate())) {
            throw new MalformedRecordException("rounds record: damaged (expected: bytes that match the checksum)");
        }
        try (DataInputStream in = new PartsInput(List.of(fields))) {
            in.readByte();
            byte type = in.readByte();
            String origin = in.readUTF();
            int sender = in.readInt();
            long round = in.readLong();
            long id = in.readLong();
            int part = in.readInt();
            int parts = in.readInt();
            int size = in.readInt();
            if (part < 0 || part >= parts || size < 0 || size > in.available()) {
                throw new MalformedRecordException("rounds record: part " + part + " of " + parts + " with " + size
                        + " bytes (expected: one of its parts)");
            }
            ByteBuffer bytes = fields.slice(length - in.available(), size);
            return new RoundsRecord(type, origin, sender, round, id, part, parts, bytes);
        } catch (IOException e) {
            throw new MalformedRecordException("rounds record: " + e.getMessage() + " (expected: all fields)");
        }
    }

    /**
     * Reads a message.
     *
     * @param all bytes of its parts, of which this is one
     */
    public RoundsMessage message(List<ByteBuffer> all) throws MalformedRecordException {
        try (DataInputStream in = new PartsInput(all)) {
            return RoundsMessage.read(type, sender, round, in);
        } catch (IOException | RuntimeException e) {
            throw new MalformedRecordException("rounds record: " + e.getMessage());
        }
    }
}
