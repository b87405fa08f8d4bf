package io.freshet.job.learn;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.schemas.avro.SingleObject;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.sample.SparseVector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Valid samples in each format of the samples topic, with every type of field. */
enum FuzzFormat {
    AVRO {
        @Override
        RecordFormat format() {
            return RecordFormat.avro();
        }

        @Override
        byte[] sample(long i) {
            return new SampleWriter()
                    .write(
                            new SampleHeader("id" + i, "", 1_000_000 + i, 0),
                            Map.of("a", 1.0 + i, "b", 2.5, "w", 1.0, "y", i % 2.0, "t", -3.0),
                            Map.of("c", "key" + i % 3, "d", "1:2 3:4"),
                            Map.of("x", new float[] {1, i}, "v", new float[] {0, 1}),
                            Map.of("d", new SparseVector(new int[] {1, 5}, new float[] {2, 3})));
        }
    },
    OTHER_WRITER {
        @Override
        RecordFormat format() {
            return RecordFormat.avro().withWriterSchema(WRITER.toString());
        }

        @Override
        byte[] sample(long i) {
            GenericData.Record record = new GenericData.Record(WRITER);
            record.put("extra", i % 2 == 0 ? null : "text");
            record.put("numbers", Map.of("a", (float) i, "b", 2f, "w", 1f, "y", i % 2f, "t", 4f));
            record.put("texts", Map.of("c", "key", "d", "1:2"));
            record.put("id", "id" + i);
            long fingerprint = SchemaNormalization.parsingFingerprint64(WRITER);
            return SingleObject.frame(bytes(record), 0, fingerprint);
        }
    },
    JSON {
        @Override
        RecordFormat format() {
            return new RecordFormat.Json(RecordFields.of("id", "at", "model"));
        }

        @Override
        byte[] sample(long i) {
            return ("{\"id\": \"i" + i + "\", \"at\": " + (1_000_000 + i) + ", \"a\": " + i
                            + ", \"b\": 2.5e-3, \"w\": 1, \"y\": "
                            + (i % 2 == 0)
                            + ", \"t\": -3, \"c\": \"k\u00e9y\", \"d\": {\"1\": 2, \"3\": 4.5}, \"x\": [1, "
                            + i + "], \"v\": [0, 1], \"nested\": {\"z\": [[1], null, {\"q\": \"\\u20ac\"}]}}")
                    .getBytes(UTF_8);
        }

        @Override
        boolean isText() {
            return true;
        }
    },
    CONFLUENT {
        @Override
        RecordFormat format() {
            return new RecordFormat.Confluent(RecordFields.of("id", null, null), id -> List.of(EVENT.toString()));
        }

        @Override
        byte[] sample(long i) {
            GenericData.Record record = new GenericData.Record(EVENT);
            record.put("id", "id" + i);
            record.put("a", (double) i);
            record.put("b", i % 2 == 0 ? 5 : 2.5);
            record.put("y", i % 2 == 0);
            record.put("t", ByteBuffer.wrap(new byte[] {1, (byte) i}));
            record.put("w", 1f);
            record.put("c", "key");
            record.put("d", Map.of("1", 2L, "2", "red"));
            record.put("x", List.of(1.0, (double) i));
            record.put("v", List.of(0f, 1f));
            record.put("skipped", List.of(Map.of("k", 1f)));
            byte[] body = bytes(record);
            return ByteBuffer.allocate(5 + body.length)
                    .put((byte) 0)
                    .putInt(7)
                    .put(body)
                    .array();
        }
    };

    private static final Schema WRITER = new Schema.Parser().parse("""
            {"type": "record", "name": "Sample", "namespace": "io.freshet.wire", "fields": [
              {"name": "extra", "type": ["null", "string"], "default": null},
              {"name": "numbers", "type": {"type": "map", "values": "float"}},
              {"name": "texts", "type": {"type": "map", "values": "string"}},
              {"name": "id", "type": "string"}]}
            """);

    private static final Schema EVENT = new Schema.Parser().parse("""
            {"type": "record", "name": "Event", "fields": [
              {"name": "skipped", "type": {"type": "array", "items": {"type": "map", "values": ["null", "bytes", "float"]}}},
              {"name": "id", "type": "string"},
              {"name": "a", "type": "double"},
              {"name": "b", "type": ["null", "int", "double"]},
              {"name": "y", "type": "boolean"},
              {"name": "t", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
              {"name": "w", "type": "float"},
              {"name": "c", "type": ["null", "string"], "default": null},
              {"name": "d", "type": {"type": "map", "values": ["long", "string"]}},
              {"name": "x", "type": {"type": "array", "items": "double"}},
              {"name": "v", "type": {"type": "array", "items": ["null", "float"]}},
              {"name": "parent", "type": ["null", "Event"], "default": null}]}
            """);

    abstract RecordFormat format();

    /** Returns the bytes of valid sample {@code i}. */
    abstract byte[] sample(long i);

    /** Returns whether a sample is a text. */
    boolean isText() {
        return false;
    }

    private static byte[] bytes(GenericData.Record record) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            new GenericDatumWriter<GenericData.Record>(record.getSchema()).write(record, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
