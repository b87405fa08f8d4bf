package io.freshet.schemas.rounds;

import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.rounds.RoundsRecord.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Records of the rounds topic as bytes.
 *
 * <pre>
 *   key     model/contributions, model/merged, or model/blocks-n, which also determines the partition
 *   value   version, kind, origin, replica, round, part, parts, bytes, CRC-32C of everything before
 * </pre>
 *
 * A message of more than {@value #LARGEST_PART} bytes is several records. Pinned by {@code RoundsCodecTest}.
 */
public final class RoundsCodec {
    /** Below a topic's default limit of 1 MiB, with room for the other fields and batch overhead. */
    static final int LARGEST_PART = 1 << 19;

    private static final byte VERSION = 1;
    private static final String CONTRIBUTIONS = "/contributions";
    private static final String MERGED = "/merged";
    private static final String BLOCKS = "/blocks-";

    private RoundsCodec() {}

    /** Returns the key of the records to a model's reducer, or of those to its replicas. */
    public static String key(String model, boolean forReducer) {
        return model + (forReducer ? CONTRIBUTIONS : MERGED);
    }

    /**
     * Returns the key of the records to a reducer of blocks.
     *
     * @param first block of the reducer
     */
    public static String blocksKey(String model, int first) {
        return model + BLOCKS + first;
    }

    /**
     * Returns the records of a message.
     *
     * @param to key of its reader: {@link #key}, or {@link #blocksKey}
     */
    public static List<KeyedBytes> write(String to, Kind kind, String origin, int replica, long round, byte[] message) {
        byte[] key = to.getBytes(StandardCharsets.UTF_8);
        int parts = Math.max(1, (message.length + LARGEST_PART - 1) / LARGEST_PART);
        List<KeyedBytes> records = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            int from = part * LARGEST_PART;
            byte[] bytes = Arrays.copyOfRange(message, from, Math.min(message.length, from + LARGEST_PART));
            records.add(new KeyedBytes(key, value(new RoundsRecord(kind, origin, replica, round, part, parts, bytes))));
        }
        return records;
    }

    private static byte[] value(RoundsRecord record) {
        ByteArrayOutputStream value = new ByteArrayOutputStream(record.bytes().length + 128);
        try (DataOutputStream out = new DataOutputStream(value)) {
            out.writeByte(VERSION);
            out.writeByte(record.kind().code());
            out.writeUTF(record.origin());
            out.writeInt(record.replica());
            out.writeLong(record.round());
            out.writeInt(record.part());
            out.writeInt(record.parts());
            out.writeInt(record.bytes().length);
            out.write(record.bytes());
            out.writeInt(checksum(value.toByteArray(), value.size()));
        } catch (IOException e) {
            throw new UncheckedIOException("an array takes all bytes", e);
        }
        return value.toByteArray();
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /** @throws MalformedRecordException if the value is not that of an intact record */
    public static RoundsRecord read(byte @Nullable [] value) throws MalformedRecordException {
        if (value == null || value.length < Integer.BYTES) {
            throw new MalformedRecordException("rounds record: no value (expected: a message)");
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
            byte version = in.readByte();
            if (version != VERSION) {
                throw new MalformedRecordException(
                        "rounds record: version " + version + " (expected: " + VERSION + ")");
            }
            in.skipBytes(value.length - 1 - Integer.BYTES);
            if (in.readInt() != checksum(value, value.length - Integer.BYTES)) {
                throw new MalformedRecordException("rounds record: damaged (expected: bytes that match the checksum)");
            }
            return readFields(value);
        } catch (IOException e) {
            throw new MalformedRecordException("rounds record: " + e.getMessage() + " (expected: all fields)");
        }
    }

    private static RoundsRecord readFields(byte[] value) throws IOException, MalformedRecordException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
            in.readByte();
            Kind kind = kind(in.readByte());
            String origin = in.readUTF();
            int replica = in.readInt();
            long round = in.readLong();
            int part = in.readInt();
            int parts = in.readInt();
            int length = in.readInt();
            if (part < 0 || part >= parts || length < 0 || length > in.available()) {
                throw new MalformedRecordException("rounds record: part " + part + " of " + parts + " with " + length
                        + " bytes (expected: one of its parts)");
            }
            return new RoundsRecord(kind, origin, replica, round, part, parts, in.readNBytes(length));
        }
    }

    private static Kind kind(byte code) throws MalformedRecordException {
        for (Kind kind : Kind.values()) {
            if (kind.code() == code) {
                return kind;
            }
        }
        throw new MalformedRecordException("rounds record: kind " + code + " (expected: 1 to 8)");
    }
}
