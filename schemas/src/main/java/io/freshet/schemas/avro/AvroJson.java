package io.freshet.schemas.avro;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Converts Avro's binary encoding to plain JSON. Unlike in Avro's own JSON encoding, the value of a union has no wrapper with
 * its type, and bytes are Base64. NaN and infinity, which JSON does not have, are null.
 */
final class AvroJson {
    private static final JsonFactory JSON = new JsonFactory();

    private final BinaryDecoder in;
    private final JsonGenerator out;

    private AvroJson(BinaryDecoder in, JsonGenerator out) {
        this.in = in;
        this.out = out;
    }

    /** Returns the record at {@code bytes[from, bytes.length)}, which was written with {@code schema}. */
    static byte[] write(Schema schema, byte[] bytes, int from) {
        ByteArrayOutputStream json = new ByteArrayOutputStream(4 * bytes.length);
        BinaryDecoder in = DecoderFactory.get().binaryDecoder(bytes, from, bytes.length - from, null);
        try (JsonGenerator out = JSON.createGenerator(json)) {
            new AvroJson(in, out).write(schema);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen: the job wrote the record", e);
        }
        return json.toByteArray();
    }

    private void write(Schema schema) throws IOException {
        switch (schema.getType()) {
            case RECORD -> writeRecord(schema);
            case ARRAY -> writeArray(schema.getElementType());
            case UNION -> write(schema.getTypes().get(in.readIndex()));
            case STRING -> out.writeString(in.readString());
            case BYTES -> writeBytes(in.readBytes(null));
            case INT -> out.writeNumber(in.readInt());
            case LONG -> out.writeNumber(in.readLong());
            case FLOAT -> writeFloat(in.readFloat());
            case DOUBLE -> writeDouble(in.readDouble());
            case BOOLEAN -> out.writeBoolean(in.readBoolean());
            case NULL -> {
                in.readNull();
                out.writeNull();
            }
            default -> throw new IllegalArgumentException(schema.getType() + " (expected: a type of a wire schema)");
        }
    }

    private void writeRecord(Schema schema) throws IOException {
        out.writeStartObject();
        for (Schema.Field field : schema.getFields()) {
            out.writeFieldName(field.name());
            write(field.schema());
        }
        out.writeEndObject();
    }

    private void writeArray(Schema items) throws IOException {
        out.writeStartArray();
        for (long block = in.readArrayStart(); block > 0; block = in.arrayNext()) {
            for (long i = 0; i < block; i++) {
                write(items);
            }
        }
        out.writeEndArray();
    }

    private void writeBytes(ByteBuffer bytes) throws IOException {
        out.writeBinary(bytes.array(), bytes.position(), bytes.remaining());
    }

    private void writeFloat(float value) throws IOException {
        if (Float.isFinite(value)) {
            out.writeNumber(value);
        } else {
            out.writeNull();
        }
    }

    private void writeDouble(double value) throws IOException {
        if (Double.isFinite(value)) {
            out.writeNumber(value);
        } else {
            out.writeNull();
        }
    }
}
