package io.freshet.schemas.rounds;

import io.freshet.schemas.rounds.RoundsRecord.Kind;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Joins the parts of messages. Parts of several messages may alternate, and a message may be sent again, in part or as a whole,
 * with the same bytes.
 */
public final class RoundsAssembly {
    private final Map<Message, Parts> incomplete = new HashMap<>();

    private record Message(Kind kind, int replica, long round) {}

    private static final class Parts {
        final byte[] @Nullable [] bytes;
        final long firstOffset;
        int missing;

        Parts(int count, long firstOffset) {
            bytes = new byte[count][];
            this.firstOffset = firstOffset;
            missing = count;
        }
    }

    /** Adds a record; returns the bytes of its message if it completes it, or null. */
    public byte @Nullable [] add(RoundsRecord record, long offset) {
        if (record.parts() == 1) {
            return record.bytes();
        }
        Message message = new Message(record.kind(), record.replica(), record.round());
        Parts parts = incomplete.get(message);
        if (parts == null || parts.bytes.length != record.parts()) {
            parts = new Parts(record.parts(), offset);
            incomplete.put(message, parts);
        }
        if (parts.bytes[record.part()] == null) {
            parts.bytes[record.part()] = record.bytes();
            parts.missing--;
        }
        if (parts.missing > 0) {
            return null;
        }
        incomplete.remove(message);
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts.bytes) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    /** Returns where to read again so that no part is missed, given the offset after the last record added. */
    public long position(long next) {
        long position = next;
        for (Parts parts : incomplete.values()) {
            position = Math.min(position, parts.firstOffset);
        }
        return position;
    }
}
