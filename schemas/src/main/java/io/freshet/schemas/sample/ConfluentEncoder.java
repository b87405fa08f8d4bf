package io.freshet.schemas.sample;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Writes rows as Avro records with a field for each of the model's, in the Confluent wire format, without event time: that of the
 * Kafka record applies.
 */
public record ConfluentEncoder(RowLayout layout) {
    /** A zero byte and the schema's id, 1. */
    private static final byte[] FRAME = {0, 0, 0, 0, 1};

    private static final int ABSENT = 0;
    private static final int PRESENT = 1;
    private static final int SPARSE = 2;

    /** Returns the schema of the records, as a registry would. */
    public List<String> schemas() {
        return List.of(schema(layout).toString());
    }

    private static Schema schema(RowLayout layout) {
        Schema floats = Schema.createArray(Schema.create(Schema.Type.FLOAT));
        Schema sparse = SchemaBuilder.record("Sparse")
                .fields()
                .name(SparseFiller.INDICES)
                .type(Schema.createArray(Schema.create(Schema.Type.INT)))
                .noDefault()
                .name(SparseFiller.VALUES)
                .type(floats)
                .noDefault()
                .endRecord();
        Schema nothing = Schema.create(Schema.Type.NULL);
        SchemaBuilder.FieldAssembler<Schema> fields =
                SchemaBuilder.record("Row").fields();
        for (String name : layout.numbers()) {
            fields.name(name)
                    .type(Schema.createUnion(nothing, Schema.create(Schema.Type.DOUBLE)))
                    .noDefault();
        }
        for (String name : layout.texts()) {
            fields.name(name)
                    .type(Schema.createUnion(nothing, Schema.create(Schema.Type.STRING), sparse))
                    .noDefault();
        }
        for (String name : layout.vectors()) {
            fields.name(RowLayout.wireName(name))
                    .type(Schema.createUnion(nothing, floats))
                    .noDefault();
        }
        return fields.endRecord();
    }

    /** Returns the record of a row. */
    public byte[] encode(Row row) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(FRAME);
        BinaryEncoder avro = EncoderFactory.get().directBinaryEncoder(bytes, null);
        for (int i = 0; i < layout.numbers().size(); i++) {
            avro.writeIndex(row.hasNumber(i) ? PRESENT : ABSENT);
            if (row.hasNumber(i)) {
                avro.writeDouble(row.number(i));
            }
        }
        for (int i = 0; i < layout.texts().size(); i++) {
            if (row.hasSparse(i)) {
                avro.writeIndex(SPARSE);
                writeSparse(avro, row, i);
            } else {
                avro.writeIndex(row.hasText(i) ? PRESENT : ABSENT);
                if (row.hasText(i)) {
                    avro.writeString(row.text(i));
                }
            }
        }
        for (int i = 0; i < layout.vectors().size(); i++) {
            avro.writeIndex(row.hasVector(i) ? PRESENT : ABSENT);
            if (row.hasVector(i)) {
                writeFloats(avro, row.vector(i), row.vectorLength(i));
            }
        }
        avro.flush();
        return bytes.toByteArray();
    }

    private static void writeSparse(BinaryEncoder avro, Row row, int place) throws IOException {
        int length = row.sparseLength(place);
        int[] indices = row.sparseIndices(place);
        avro.writeArrayStart();
        avro.setItemCount(length);
        for (int i = 0; i < length; i++) {
            avro.writeInt(indices[i]);
        }
        avro.writeArrayEnd();
        writeFloats(avro, row.sparseValues(place), length);
    }

    private static void writeFloats(BinaryEncoder avro, float[] values, int length) throws IOException {
        avro.writeArrayStart();
        avro.setItemCount(length);
        for (int i = 0; i < length; i++) {
            avro.writeFloat(values[i]);
        }
        avro.writeArrayEnd();
    }
}
