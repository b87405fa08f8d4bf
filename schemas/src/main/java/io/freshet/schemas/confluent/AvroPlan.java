package io.freshet.schemas.confluent;

import io.freshet.schemas.avro.MalformedRecordException;
import java.util.List;

/** What to do with a value of a writer's schema: read what a row wants of it, and pass over the rest. */
@FunctionalInterface
interface AvroPlan {
    /** Passes over a value that has no bytes. */
    AvroPlan NOTHING = in -> {};

    void read(AvroCursor in) throws MalformedRecordException;

    /** Returns the plan of a record's values, one after the other. */
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

    /** Returns the plan of a value that is one of several. */
    static AvroPlan choice(List<AvroPlan> plans) {
        AvroPlan[] branches = plans.toArray(AvroPlan[]::new);
        return in -> branches[in.readIndex(branches.length)].read(in);
    }

    /** Returns the plan of an array or a map, each entry alike. */
    static AvroPlan each(AvroPlan entry) {
        // A few bytes can say that there are millions of entries where these have none.
        boolean nothing = entry == NOTHING;
        return in -> {
            for (int count = in.readBlock(); count != 0; count = in.readBlock()) {
                for (int i = 0; i < count && !nothing; i++) {
                    entry.read(in);
                }
            }
        };
    }
}
