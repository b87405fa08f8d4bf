package io.freshet.schemas.avro;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/** Reads and writes one type of record in Avro's single-object encoding. Thread-safe. */
public final class WireFormat<T extends SpecificRecord> {
    private static final int BUFFER = 1024;

    private final String name;
    private final SpecificDatumWriter<T> writer;
    private final byte[] header;
    private final BinaryMessageDecoder<T> decoder;
    private final SchemaStore.Cache schemas = new SchemaStore.Cache();
    /** By fingerprint of the writer's schema. */
    private final Map<Long, AvroPlan> skips = new ConcurrentHashMap<>();

    /**
     * Creates the format of one record type.
     *
     * @param schema current schema
     * @param writers additional writer schemas to read
     */
    public WireFormat(Schema schema, Collection<Schema> writers) {
        name = schema.getName();
        writers.forEach(schemas::addSchema);
        schemas.addSchema(schema);
        WireData data = new WireData();
        writer = new SpecificDatumWriter<>(schema, data);
        header = SingleObject.frame(new byte[0], 0, SchemaNormalization.parsingFingerprint64(schema));
        decoder = new BinaryMessageDecoder<>(data, schema, schemas);
    }

    public byte[] write(T record) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(BUFFER);
            bytes.write(header);
            // With a buffer, unlike Avro's own encoder of messages: that writes each number to the stream, under a
            // lock.
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            writer.write(record, encoder);
            encoder.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen: no input or output", e);
        }
    }

    public T read(byte[] bytes) throws MalformedRecordException {
        try {
            checkLengths(bytes);
            return decoder.decode(bytes);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw new MalformedRecordException(
                    "value: " + Hex.start(bytes) + ": " + e.getMessage() + " (expected: " + name + ")");
        }
    }

    /**
     * Skips through a message before decoding it. Avro's decoder allocates a declared length before it checks that the bytes
     * exist, so a ten-byte message could allocate two gigabytes. It also reads entries that take no bytes one by one.
     */
    private void checkLengths(byte[] bytes) throws MalformedRecordException {
        long fingerprint = SingleObject.fingerprint(bytes);
        Schema writer = schemas.findByFingerprint(fingerprint);
        if (writer != null) {
            AvroCursor body = new AvroCursor();
            body.start(bytes, SingleObject.HEADER);
            skips.computeIfAbsent(fingerprint, any -> new AvroSkips().of(writer))
                    .read(body);
            if (body.at() != bytes.length) {
                throw new MalformedRecordException(
                        "value: " + Hex.start(bytes) + ": bytes left over (expected: the end of " + name + ")");
            }
        }
    }
}
