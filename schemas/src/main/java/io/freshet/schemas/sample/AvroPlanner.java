package io.freshet.schemas.sample;

import io.freshet.learning.features.NumberedName;
import io.freshet.schemas.avro.AvroPlan;
import io.freshet.schemas.avro.AvroSkips;
import io.freshet.schemas.sample.FieldPaths.Field;
import io.freshet.schemas.sample.FieldPaths.Node;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Creates the plan for a writer schema: the sequence of reads and skips that fills a row from a record.
 *
 * <p>A step of a path is a field of a record or a key of a map. Every branch of a union gets a plan, and null counts as absent.
 */
final class AvroPlanner {
    private final FieldPaths paths;
    private final AvroSkips skips = new AvroSkips();
    private final AvroLeaves leaves;
    /** The plan of each record at each step: several unions along a path can name the same records. */
    private final Map<Node, Map<Schema, AvroPlan>> records = new IdentityHashMap<>();

    AvroPlanner(FieldPaths paths, RowFiller out) {
        this.paths = paths;
        leaves = new AvroLeaves(out, skips);
    }

    /** @param schema of a record */
    AvroPlan plan(Schema schema) {
        return record(schema, paths.root());
    }

    private AvroPlan record(Schema schema, Node node) {
        List<AvroPlan> parts = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
            parts.add(field(field.name(), field.schema(), node));
        }
        return AvroPlan.sequence(parts);
    }

    private AvroPlan field(String name, Schema schema, Node node) {
        Node child = node.child(name);
        AvroPlan numbered = numbered(name, schema, node);
        if (child == null) {
            return numbered == null ? skips.of(schema) : numbered;
        }
        AvroPlan value = value(schema, child);
        return numbered == null ? value : both(numbered, value);
    }

    /** Returns the plan for an element of a vector; null if the name is not a numbered one. */
    private @Nullable AvroPlan numbered(String name, Schema schema, Node node) {
        for (Map.Entry<String, NumberedColumns> entry : node.prefixes().entrySet()) {
            int number = NumberedName.numberOf(name, entry.getKey());
            if (number >= 0) {
                return leaves.numbered(schema, entry.getValue(), number);
            }
        }
        return null;
    }

    /** Reads the same bytes twice: a column that is also a field of its own. */
    private static AvroPlan both(AvroPlan first, AvroPlan second) {
        return in -> {
            int at = in.at();
            first.read(in);
            in.rewind(at);
            second.read(in);
        };
    }

    private AvroPlan value(Schema schema, Node node) {
        if (schema.getType() != Schema.Type.RECORD || node.isLeaf()) {
            return other(schema, node);
        }
        Map<Schema, AvroPlan> known = records.computeIfAbsent(node, any -> new IdentityHashMap<>());
        AvroPlan plan = known.get(schema);
        if (plan == null) {
            plan = record(schema, node);
            known.put(schema, plan);
        }
        return plan;
    }

    private AvroPlan other(Schema schema, Node node) {
        if (schema.getType() == Schema.Type.UNION) {
            return AvroPlan.choice(schema.getTypes().stream()
                    .map(branch -> value(branch, node))
                    .toList());
        }
        if (schema.getType() == Schema.Type.MAP && !node.isLeaf()) {
            return map(schema.getValueType(), node);
        }
        Field field = node.field();
        return field == null ? skips.of(schema) : leaves.of(schema, field);
    }

    private AvroPlan map(Schema schema, Node node) {
        List<String> names = new ArrayList<>(node.children().keySet());
        byte[][] keys = names.stream()
                .map(name -> name.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        AvroPlan[] values =
                names.stream().map(name -> field(name, schema, node)).toArray(AvroPlan[]::new);
        AvroPlan other = skips.of(schema);
        return AvroPlan.each(in -> {
            int length = in.readLength();
            int from = in.at();
            in.skip(length);
            AvroPlan value = other;
            for (int i = 0; i < keys.length; i++) {
                if (Arrays.equals(keys[i], 0, keys[i].length, in.bytes(), from, from + length)) {
                    value = values[i];
                }
            }
            value.read(in);
        });
    }
}
