package io.freshet.job.replica;

import io.freshet.learning.rounds.RoundsMessage;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.rounds.RoundsAssembly;
import io.freshet.schemas.rounds.RoundsRecord;
import org.jspecify.annotations.Nullable;

/** The messages under one key of the rounds topic, as a subtask follows them. */
final class RoundsStream {
    private final String key;
    private final RoundsAssembly assembly;
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
        return assembly.position(next);
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
