package io.freshet.schemas.snapshot;

import io.freshet.learning.replica.RoundsMessage;
import io.freshet.schemas.avro.MalformedRecordException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Joins the parts of messages under one key. Parts of several messages may alternate, and a message may be sent again, in part or as a
 * whole.
 *
 * <p>A sender sends parts in order, so a message begins with its first part, and begins again with another one. Parts that do not continue
 * the message that has begun are skipped: those of a sender that was killed, and has since sent something else about that round.
 *
 * <p>Keeps the buffers with the parts of incomplete messages, never of more messages than a limit. Those that began first are lost.
 */
public final class RoundsAssembly {
    private final long largest;
    private final int limit;
    private final Map<About, Begun> incomplete = new LinkedHashMap<>();
    private long next;

    /** What a message is about. A sender has one message of a type about a round. */
    private record About(byte type, int sender, long round) {
        static About of(RoundsRecord record) {
            return new About(record.type(), record.sender(), record.round());
        }

        boolean isFollowedBy(About other) {
            return type == other.type && sender == other.sender && round <= other.round;
        }
    }

    private static final class Begun {
        private final long id;
        private final long offset;
        private final List<ByteBuffer> parts = new ArrayList<>();

        Begun(long id, long offset) {
            this.id = id;
            this.offset = offset;
        }
    }

    /**
     * @param largest message, in bytes
     * @param limit of incomplete messages
     * @param start offset of the first record; if negative, minus its time
     */
    public RoundsAssembly(long largest, int limit, long start) {
        this.largest = largest;
        this.limit = limit;
        next = start;
    }

    /**
     * Adds a record; returns the message that it completes, or null.
     *
     * @throws MalformedRecordException if the parts are not those of a message
     */
    public @Nullable RoundsMessage add(RoundsRecord record, long offset) throws MalformedRecordException {
        long mostParts = largest / RoundsRecord.LARGEST_PART + 1;
        if (record.parts() > mostParts) {
            throw new MalformedRecordException("rounds record: " + record.parts() + " parts (expected: at most "
                    + mostParts + " of a message about this model)");
        }
        if (record.parts() == 1) {
            return complete(record, List.of(record.bytes()));
        }
        About about = About.of(record);
        if (record.part() == 0) {
            incomplete.remove(about);
            incomplete.put(about, new Begun(record.id(), offset));
            forgetFirst();
        }
        Begun begun = incomplete.get(about);
        if (begun == null || begun.id != record.id() || begun.parts.size() != record.part()) {
            return null;
        }
        begun.parts.add(record.bytes());
        return begun.parts.size() < record.parts() ? null : complete(record, begun.parts);
    }

    private void forgetFirst() {
        if (incomplete.size() > limit) {
            Iterator<About> first = incomplete.keySet().iterator();
            first.next();
            first.remove();
        }
    }

    /** Later messages of a sender follow its earlier ones, which are never completed now. */
    private RoundsMessage complete(RoundsRecord record, List<ByteBuffer> parts) throws MalformedRecordException {
        About about = About.of(record);
        incomplete.keySet().removeIf(each -> each.isFollowedBy(about));
        if (record.id() != RoundsRecord.id(parts)) {
            throw new MalformedRecordException("rounds record: parts of different messages (expected: those of one)");
        }
        return record.message(parts);
    }

    /** Records that everything up to an offset was received. */
    public void received(long offset) {
        next = Math.max(next, offset + 1);
    }

    /** Returns where to read again so that no part is missed. */
    public long position() {
        long position = next;
        for (Begun begun : incomplete.values()) {
            position = Math.min(position, begun.offset);
        }
        return position;
    }
}
