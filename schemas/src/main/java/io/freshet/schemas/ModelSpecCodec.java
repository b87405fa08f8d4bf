package io.freshet.schemas;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;

/** Specifications as records of the models topic; the record's key is the model's name. Thread-safe. */
public final class ModelSpecCodec {
    private final BinaryMessageEncoder<io.freshet.wire.ModelSpec> encoder = io.freshet.wire.ModelSpec.getEncoder();
    private final BinaryMessageDecoder<io.freshet.wire.ModelSpec> decoder = io.freshet.wire.ModelSpec.getDecoder();

    /**
     * Returns the record that applies a specification.
     *
     * @param appliedAt milliseconds since 1970, UTC
     */
    public KeyedBytes write(ModelSpec spec, long appliedAt) {
        try {
            ByteBuffer buffer = encoder.encode(
                    new io.freshet.wire.ModelSpec(spec.name(), spec.toYaml(), Instant.ofEpochMilli(appliedAt)));
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return new KeyedBytes(key(spec.name()), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen: no input or output", e);
        }
    }

    /** Returns the tombstone that deletes a model. */
    public KeyedBytes delete(String name) {
        return new KeyedBytes(key(name), null);
    }

    /**
     * Returns the specification of a record.
     *
     * @throws MalformedRecordException if the bytes are no specification, or one that cannot be
     */
    public ModelSpec read(byte[] value) throws MalformedRecordException {
        try {
            return ModelSpec.parse(decoder.decode(value).getYaml());
        } catch (SpecException e) {
            throw new MalformedRecordException("yaml: " + e.getMessage());
        } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException e) {
            throw new MalformedRecordException("value: " + e.getMessage() + " (expected: a specification)");
        }
    }

    private static byte[] key(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
