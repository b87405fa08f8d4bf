package io.freshet.schemas.avro;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificRecord;

/** Reads and writes one type of record in Avro's single-object encoding. Thread-safe. */
public final class WireFormat<T extends SpecificRecord> {
    private final String name;
    private final BinaryMessageEncoder<T> encoder;
    private final BinaryMessageDecoder<T> decoder;
    private final SchemaStore.Cache schemas = new SchemaStore.Cache();

    /**
     * Creates the format of one record type.
     *
     * @param schema current schema
     * @param writers additional writer schemas to read, besides the past ones in {@link WriterSchemas}
     */
    public WireFormat(Schema schema, Collection<Schema> writers) {
        name = schema.getName();
        WriterSchemas.of(name).forEach(schemas::addSchema);
        writers.forEach(schemas::addSchema);
        schemas.addSchema(schema);
        WireData data = new WireData();
        encoder = new BinaryMessageEncoder<>(data, schema);
        decoder = new BinaryMessageDecoder<>(data, schema, schemas);
    }

    public byte[] write(T record) {
        try {
            ByteBuffer buffer = encoder.encode(record);
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen: no input or output", e);
        }
    }

    public T read(byte[] bytes) throws MalformedRecordException {
        try {
            checkLengths(bytes);
            return decoder.decode(bytes);
        } catch (IOException
                | AvroRuntimeException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | UnsupportedOperationException e) {
            throw new MalformedRecordException(
                    "value: " + Hex.start(bytes) + ": " + e.getMessage() + " (expected: " + name + ")");
        }
    }

    /**
     * Skips through a message before decoding it. Avro's decoder allocates a declared length before it checks that the bytes
     * exist, so a ten-byte message could allocate two gigabytes.
     */
    private void checkLengths(byte[] bytes) throws IOException, MalformedRecordException {
        Schema writer = schemas.findByFingerprint(SingleObject.fingerprint(bytes));
        if (writer != null) {
            BinaryDecoder body = DecoderFactory.get()
                    .binaryDecoder(bytes, SingleObject.HEADER, bytes.length - SingleObject.HEADER, null);
            GenericDatumReader.skip(writer, body);
            if (!body.isEnd()) {
                throw new MalformedRecordException(
                        "value: " + Hex.start(bytes) + ": bytes left over (expected: the end of " + name + ")");
            }
        }
    }
}
