package io.freshet.schemas.sample;

import io.freshet.schemas.avro.AvroCursor;
import io.freshet.schemas.avro.MalformedRecordException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reads one element of a vector. */
@FunctionalInterface
interface AvroElement {
    /** Returns the number; NaN for null, infinity for NaN or infinity. */
    float read(AvroCursor in) throws MalformedRecordException;

    /** Returns the reader for values of a schema, or null if the schema is not numeric. */
    static @Nullable AvroElement of(Schema schema) {
        return switch (schema.getType()) {
            case NULL -> in -> Float.NaN;
            case BOOLEAN -> in -> in.readBoolean() ? 1 : 0;
            case INT, LONG -> AvroCursor::readLong;
            case FLOAT -> in -> nanToInfinity(in.readFloat());
            case DOUBLE -> in -> nanToInfinity((float) in.readDouble());
            case UNION -> union(schema);
            default -> null;
        };
    }

    /**
     * Returns the reader for the elements of an array, or null if they are not numeric. Elements that are always null take no
     * bytes, so a few bytes can declare millions of them.
     */
    static @Nullable AvroElement ofEach(Schema array) {
        Schema element = array.getElementType();
        return element.getType() == Schema.Type.NULL ? null : of(element);
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

    private static float nanToInfinity(float value) {
        return Float.isNaN(value) ? Float.POSITIVE_INFINITY : value;
    }
}
