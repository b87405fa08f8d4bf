package io.freshet.schemas.confluent;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.AvroCursor;
import io.freshet.schemas.avro.Hex;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.field.FieldPaths;
import io.freshet.schemas.field.RecordFields;
import io.freshet.schemas.field.RowFiller;
import io.freshet.schemas.sample.RecordDecoder;
import io.freshet.schemas.sample.SampleDecoder;
import io.freshet.wire.Sample;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/**
 * Reads Avro records in the Confluent wire format, each with its writer schema from the registry.
 *
 * <pre>
 *   00 | schema id, 4 bytes, big-endian | record
 * </pre>
 *
 * For each schema, the decoder creates a plan once: it reads the fields of the layout in place and skips the rest. So writers
 * may add, drop, and reorder fields. Records of Freshet's {@code Sample} schema are read as samples. Not thread-safe.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format">Wire format</a>
 */
public final class ConfluentDecoder implements RecordDecoder {
    private static final int HEADER = 5;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final RowLayout layout;
    private final FieldPaths paths;
    private final RowFiller filler;
    private final AvroCursor cursor = new AvroCursor();
    private final SchemaRegistry registry;
    private final Map<Integer, Body> bodies = new HashMap<>();
    private int lastId;
    private @Nullable Body last;
    private @Nullable SampleDecoder sample;

    /** Reads the records of one schema. */
    private interface Body {
        void read(byte[] value, long timestamp, Row row) throws MalformedRecordException;
    }

    public ConfluentDecoder(RowLayout layout, RecordFields fields, SchemaRegistry registry) {
        this.layout = layout;
        this.registry = registry;
        paths = new FieldPaths(layout, fields);
        filler = new RowFiller(paths);
    }

    @Override
    public void decode(byte[] value, long timestamp, Row row) throws MalformedRecordException {
        if (value.length < HEADER || value[0] != 0) {
            throw new MalformedRecordException("value: " + Hex.start(value)
                    + " (expected: Avro in the Confluent wire format, 00 and a 4-byte schema id)");
        }
        int id = (int) INT.get(value, 1);
        Body body = last;
        if (body == null || id != lastId) {
            body = bodies.get(id);
            if (body == null) {
                body = createBody(id, registry.schemas(id));
                bodies.put(id, body);
            }
            lastId = id;
            last = body;
        }
        body.read(value, timestamp, row);
    }

    private Body createBody(int id, List<String> schemas) {
        Schema schema;
        try {
            Schema.Parser parser = new Schema.Parser().setValidateDefaults(false);
            schema = Schema.create(Schema.Type.NULL);
            for (String json : schemas) {
                schema = parser.parse(json);
            }
        } catch (AvroRuntimeException e) {
            return malformed("schema " + id + ": " + e.getMessage() + " (expected: an Avro schema)");
        }
        if (schema.getType() != Schema.Type.RECORD) {
            return malformed("schema " + id + ": " + schema.getType().getName() + " (expected: a record)");
        }
        return schema.getFullName().equals(Sample.getClassSchema().getFullName()) ? samples(schema) : records(schema);
    }

    private static Body malformed(String reason) {
        return (value, timestamp, row) -> {
            throw new MalformedRecordException(reason);
        };
    }

    private Body samples(Schema schema) {
        SampleDecoder decoder = new SampleDecoder(layout, List.of(schema));
        long fingerprint = SchemaNormalization.parsingFingerprint64(schema);
        return (value, timestamp, row) -> {
            sample = decoder;
            decoder.decodeBody(value, HEADER, fingerprint, timestamp, row);
        };
    }

    private Body records(Schema schema) {
        AvroPlan plan = new AvroPlanner(paths, filler).plan(schema);
        return (value, timestamp, row) -> {
            sample = null;
            filler.resetNumbering();
            filler.start(row);
            filler.time(timestamp);
            cursor.start(value, HEADER);
            plan.read(cursor);
            cursor.end();
            filler.finish();
        };
    }

    @Override
    public String model() {
        return sample == null ? filler.model() : sample.model();
    }

    @Override
    public List<String> faults() {
        return sample == null ? filler.faults() : sample.faults();
    }
}
