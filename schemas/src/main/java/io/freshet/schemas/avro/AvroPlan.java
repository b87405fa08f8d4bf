package io.freshet.schemas.avro;

import java.util.List;

/** Reads a value of a writer schema, and keeps or skips each part of it. Takes as many steps as the value has bytes. */
@FunctionalInterface
public interface AvroPlan {
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
        if (entry == NOTHING) {
            return AvroCursor::skipEmptyEntries;
        }
        return in -> {
            in.enter();
            for (int count = in.readBlock(); count != 0; count = in.readBlock()) {
                for (int i = 0; i < count; i++) {
                    entry.read(in);
                }
            }
            in.leave();
        };
    }
}
