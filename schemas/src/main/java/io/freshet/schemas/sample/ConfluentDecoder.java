package io.freshet.schemas.sample;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.AvroCursor;
import io.freshet.schemas.avro.AvroPlan;
import io.freshet.schemas.avro.Hex;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.OtherFormat;
import io.freshet.wire.Sample;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
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
    /** A decoder's part of a schema takes several times the memory of its text. */
    private static final int CACHED_CHARACTERS = 8 << 20;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final RowLayout layout;
    private final FieldPaths paths;
    private final RowFiller filler;
    private final AvroCursor cursor = new AvroCursor();
    private final SchemaRegistry registry;
    private final SchemaCache<Body> bodies = new SchemaCache<>(CACHED_CHARACTERS);
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
        if (!isFramed(value)) {
            throw new MalformedRecordException("value: " + Hex.start(value)
                    + " (expected: Avro in the Confluent wire format, 00 and a 4-byte schema id"
                    + OtherFormat.of(value).hint() + ")");
        }
        int id = schemaId(value);
        Body body = last;
        if (body == null || id != lastId) {
            body = bodies.get(id);
            if (body == null) {
                List<String> schemas = registry.schemas(id);
                body = createBody(id, schemas);
                bodies.put(id, body, schemas);
            }
            lastId = id;
            last = body;
        }
        body.read(value, timestamp, row);
    }

    /** Returns whether a value starts with the header of the wire format. */
    public static boolean isFramed(byte[] value) {
        return value.length >= HEADER && value[0] == 0;
    }

    /** Returns the schema id in the header of a value. */
    public static int schemaId(byte[] value) {
        return (int) INT.get(value, 1);
    }

    private Body createBody(int id, List<String> schemas) {
        try {
            return createBody(id, parse(schemas));
        } catch (RuntimeException e) {
            return malformed("schema " + id + ": " + e.getMessage() + " (expected: an Avro schema)");
        } catch (StackOverflowError e) {
            return malformed("schema " + id + ": records nested too deeply (expected: an Avro schema)");
        }
    }

    private static Schema parse(List<String> schemas) {
        Schema.Parser parser = new Schema.Parser().setValidateDefaults(false);
        Schema schema = Schema.create(Schema.Type.NULL);
        for (String json : schemas) {
            schema = parser.parse(json);
        }
        return schema;
    }

    private Body createBody(int id, Schema schema) {
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
            filler.start(row, value.length);
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
    public List<InvalidSampleException> faults() {
        return sample == null ? filler.faults() : sample.faults();
    }
}
