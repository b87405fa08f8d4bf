package io.freshet.job.replica;

import io.freshet.learning.rounds.RoundsMessage;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.rounds.RoundsAssembly;
import io.freshet.schemas.rounds.RoundsRecord;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The messages under one key of the rounds topic, as a subtask follows them. */
final class RoundsStream {
    private final String key;
    private final RoundsAssembly assembly;
    /** Offsets of the first records of rounds that are not finished here, by round. */
    private final TreeMap<Long, Long> held = new TreeMap<>();

    private long next;

    /** @param start offset, or minus a time, as for {@link RoundsLog.Reader#follow} */
    RoundsStream(String key, RoundsAssembly assembly, long start) {
        this.key = key;
        this.assembly = assembly;
        next = start;
    }

    String key() {
        return key;
    }

    /** Returns where to start after a failure, so that no message is missed. */
    long position() {
        long position = assembly.position(next);
        for (long offset : held.values()) {
            position = Math.min(position, offset);
        }
        return position;
    }

    /** Records that a round has a record of which everything is needed again until the round is finished here. */
    void hold(long round, long offset) {
        held.putIfAbsent(round, offset);
    }

    /** Records that rounds are finished here. */
    void release(long upTo) {
        held.headMap(upTo, true).clear();
    }

    /** Records that everything before an offset was received. */
    void received(long offset) {
        next = Math.max(next, offset + 1);
    }

    /** Adds a record; returns the message that it completes, or null. */
    @Nullable RoundsMessage add(RoundsRecord record, long offset) throws MalformedRecordException {
        return assembly.add(record, offset);
    }
}
