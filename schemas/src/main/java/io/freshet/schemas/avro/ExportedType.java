package io.freshet.schemas.avro;

import io.freshet.wire.Evaluation;
import io.freshet.wire.Snapshot;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;

/** A type of record that is exported, and its conversion from Avro's single-object encoding, written with the current schema. */
public enum ExportedType {
    EVALUATION(Evaluation.getClassSchema()),
    SNAPSHOT(Snapshot.getClassSchema());

    private static final String JAVA_STRING = "{\"type\":\"string\",\"avro.java.string\":\"String\"}";
    private static final int CONFLUENT_HEADER = 1 + Integer.BYTES;

    private final Schema schema;

    ExportedType(Schema schema) {
        this.schema = schema;
    }

    /** Returns the Avro schema as JSON, without the properties that Avro's compiler adds for Java. */
    public String schema() {
        return schema.toString().replace(JAVA_STRING, "\"string\"");
    }

    /** Returns a record as a JSON object. */
    public byte[] json(byte[] record) {
        return AvroJson.write(schema, record, SingleObject.HEADER);
    }

    /** Returns a record in Confluent's wire format: a zero, the id of the schema, and the bytes of the record. */
    public static byte[] confluent(byte[] record, int schemaId) {
        int length = record.length - SingleObject.HEADER;
        return ByteBuffer.allocate(CONFLUENT_HEADER + length)
                .put((byte) 0)
                .putInt(schemaId)
                .put(record, SingleObject.HEADER, length)
                .array();
    }
}
