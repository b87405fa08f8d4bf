package io.freshet.schemas.confluent;

import io.freshet.schemas.avro.MalformedRecordException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reads numbers of a vector. */
@FunctionalInterface
interface AvroElement {
    /** Returns the number; not a number for null, infinite for one that is not finite. */
    float read(AvroCursor in) throws MalformedRecordException;

    /** Returns what reads values of a schema, or null if they are no numbers. */
    static @Nullable AvroElement of(Schema schema) {
        return switch (schema.getType()) {
            case NULL -> in -> Float.NaN;
            case BOOLEAN -> in -> in.readBoolean() ? 1 : 0;
            case INT, LONG -> AvroCursor::readLong;
            case FLOAT -> in -> defined(in.readFloat());
            case DOUBLE -> in -> defined((float) in.readDouble());
            case UNION -> union(schema);
            default -> null;
        };
    }

    private static @Nullable AvroElement union(Schema schema) {
        AvroElement[] branches = new AvroElement[schema.getTypes().size()];
        for (int i = 0; i < branches.length; i++) {
            AvroElement branch = of(schema.getTypes().get(i));
            if (branch == null) {
                return null;
            }
            branches[i] = branch;
        }
        return in -> branches[in.readIndex(branches.length)].read(in);
    }

    private static float defined(float value) {
        return Float.isNaN(value) ? Float.POSITIVE_INFINITY : value;
    }
}
