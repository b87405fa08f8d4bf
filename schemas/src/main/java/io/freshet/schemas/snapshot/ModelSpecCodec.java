package io.freshet.schemas.snapshot;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Reads and writes specifications as records of the models topic, keyed by model name. Thread-safe. */
public final class ModelSpecCodec {
    private final WireFormat<io.freshet.wire.ModelSpec> format =
            new WireFormat<>(io.freshet.wire.ModelSpec.getClassSchema(), List.of());

    /**
     * Returns the record that applies a specification.
     *
     * @param appliedAt milliseconds since 1970, UTC
     */
    public KeyedBytes write(ModelSpec spec, long appliedAt) {
        byte[] value = format.write(
                new io.freshet.wire.ModelSpec(spec.name(), spec.toYaml(), Instant.ofEpochMilli(appliedAt)));
        return new KeyedBytes(key(spec.name()), value);
    }

    /** Returns the tombstone that deletes a model. */
    public KeyedBytes delete(String name) {
        return new KeyedBytes(key(name), null);
    }

    /**
     * Returns the specification of a record.
     *
     * @throws MalformedRecordException if the bytes are not a valid specification
     */
    public ModelSpec read(byte[] value) throws MalformedRecordException {
        io.freshet.wire.ModelSpec wire = format.read(value);
        try {
            ModelSpec spec = ModelSpec.parse(wire.getYaml());
            if (!spec.name().equals(wire.getName())) {
                throw new MalformedRecordException(
                        "name: " + SpecException.shortened(wire.getName()) + " (expected: " + spec.name() + ")");
            }
            return spec;
        } catch (SpecException e) {
            throw new MalformedRecordException("yaml: " + e.getMessage());
        }
    }

    private static byte[] key(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
