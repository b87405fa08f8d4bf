package io.freshet.schemas.sample;

import io.freshet.schemas.avro.AvroPlan;
import io.freshet.schemas.avro.AvroSkips;
import io.freshet.schemas.sample.FieldPaths.Field;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Creates the plan for a record that is a sparse vector: an array of indices and, unless all are 1, one of values. */
final class AvroSparse {
    private final Field field;
    private final RowFiller out;
    private final AvroSkips skips;

    AvroSparse(Field field, RowFiller out, AvroSkips skips) {
        this.field = field;
        this.out = out;
        this.skips = skips;
    }

    /** Returns the plan, or null if the schema is not a record of a sparse vector. */
    @Nullable AvroPlan plan(Schema schema) {
        List<AvroPlan> parts = new ArrayList<>();
        boolean hasIndices = false;
        for (Schema.Field part : schema.getFields()) {
            AvroPlan plan = switch (part.name()) {
                case SparseFiller.INDICES -> indices(part.schema());
                case SparseFiller.VALUES -> values(part.schema());
                default -> skips.of(part.schema());
            };
            if (plan == null) {
                return null;
            }
            hasIndices |= part.name().equals(SparseFiller.INDICES);
            parts.add(plan);
        }
        AvroPlan record = AvroPlan.sequence(parts);
        return !hasIndices
                ? null
                : in -> {
                    SparseFiller sparse = out.sparse(field);
                    record.read(in);
                    sparse.finish();
                };
    }

    private @Nullable AvroPlan indices(Schema schema) {
        if (schema.getType() != Schema.Type.ARRAY || !isWhole(schema.getElementType())) {
            return null;
        }
        SparseFiller sparse = out.sparse();
        return in -> {
            sparse.startIndices();
            for (int count = in.readBlock(); count != 0; count = in.readBlock()) {
                for (int i = 0; i < count; i++) {
                    sparse.index(in.readLong());
                }
            }
        };
    }

    private static boolean isWhole(Schema schema) {
        return schema.getType() == Schema.Type.INT || schema.getType() == Schema.Type.LONG;
    }

    private @Nullable AvroPlan values(Schema schema) {
        return switch (schema.getType()) {
            case NULL -> AvroPlan.NOTHING;
            case UNION -> union(schema.getTypes());
            case ARRAY -> array(schema);
            default -> null;
        };
    }

    private @Nullable AvroPlan union(List<Schema> branches) {
        List<AvroPlan> plans = new ArrayList<>();
        for (Schema branch : branches) {
            AvroPlan plan = values(branch);
            if (plan == null) {
                return null;
            }
            plans.add(plan);
        }
        return AvroPlan.choice(plans);
    }

    private @Nullable AvroPlan array(Schema schema) {
        AvroElement element = AvroElement.ofEach(schema);
        if (element == null) {
            return null;
        }
        SparseFiller sparse = out.sparse();
        return in -> {
            sparse.startValues();
            for (int count = in.readBlock(); count != 0; count = in.readBlock()) {
                for (int i = 0; i < count; i++) {
                    sparse.value(element.read(in));
                }
            }
        };
    }
}
