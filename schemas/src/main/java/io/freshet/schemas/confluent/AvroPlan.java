package io.freshet.schemas.confluent;

import io.freshet.schemas.avro.AvroCursor;
import io.freshet.schemas.avro.MalformedRecordException;
import java.util.List;

/** Reads a value of a writer schema: fills fields of a row from it, and skips the rest. */
@FunctionalInterface
interface AvroPlan {
    /** The plan for a value that takes no bytes. */
    AvroPlan NOTHING = in -> {};

    void read(AvroCursor in) throws MalformedRecordException;

    /** Returns the plan for a record's fields in order. */
    static AvroPlan sequence(List<AvroPlan> plans) {
        AvroPlan[] parts = plans.stream().filter(plan -> plan != NOTHING).toArray(AvroPlan[]::new);
        if (parts.length == 0) {
            return NOTHING;
        }
        return in -> {
            in.enter();
            for (AvroPlan part : parts) {
                part.read(in);
            }
            in.leave();
        };
    }

    /** Returns the plan for a union. */
    static AvroPlan choice(List<AvroPlan> plans) {
        AvroPlan[] branches = plans.toArray(AvroPlan[]::new);
        return in -> branches[in.readIndex(branches.length)].read(in);
    }

    /** Returns the plan for an array or map. */
    static AvroPlan each(AvroPlan entry) {
        // A few bytes can declare millions of entries that take no bytes.
        boolean isEmpty = entry == NOTHING;
        return in -> {
            for (int count = in.readBlock(); count != 0; count = in.readBlock()) {
                for (int i = 0; i < count && !isEmpty; i++) {
                    entry.read(in);
                }
            }
        };
    }
}
