package io.freshet.schemas.avro;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/** Creates plans that skip values, one for each record of a schema. */
public final class AvroSkips {
    private final Map<Schema, AvroPlan> records = new IdentityHashMap<>();

    /** Returns the plan that skips a value of a schema. */
    public AvroPlan of(Schema schema) {
        return switch (schema.getType()) {
            case NULL -> AvroPlan.NOTHING;
            case BOOLEAN -> in -> in.skip(1);
            case INT, LONG, ENUM -> AvroCursor::readLong;
            case FLOAT -> in -> in.skip(Float.BYTES);
            case DOUBLE -> in -> in.skip(Double.BYTES);
            case STRING, BYTES -> AvroCursor::skipText;
            case FIXED -> fixed(schema.getFixedSize());
            case ARRAY -> AvroPlan.each(of(schema.getElementType()));
            case MAP -> map(of(schema.getValueType()));
            case UNION ->
                AvroPlan.choice(schema.getTypes().stream().map(this::of).toList());
            case RECORD -> record(schema);
        };
    }

    private static AvroPlan fixed(int size) {
        return size == 0 ? AvroPlan.NOTHING : in -> in.skip(size);
    }

    private static AvroPlan map(AvroPlan value) {
        return AvroPlan.each(in -> {
            in.skipText();
            value.read(in);
        });
    }

    private AvroPlan record(Schema schema) {
        AvroPlan known = records.get(schema);
        if (known != null) {
            return known;
        }
        // A record may contain itself, so the plan under construction must be found in the map.
        records.put(schema, in -> record(schema).read(in));
        List<AvroPlan> parts = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
            parts.add(of(field.schema()));
        }
        AvroPlan plan = AvroPlan.sequence(parts);
        records.put(schema, plan);
        return plan;
    }
}
