package io.freshet.schemas.sample;

import io.freshet.schemas.avro.MalformedRecordException;
import java.io.Serializable;
import java.util.List;

/** Looks up the schemas of records in the Confluent wire format. */
@FunctionalInterface
public interface SchemaRegistry extends Serializable {
    /**
     * Returns a schema as JSON, preceded by the schemas that it refers to. Waits for the registry.
     *
     * @throws MalformedRecordException if the schema is unknown or not an Avro schema; the record is malformed
     * @throws java.io.UncheckedIOException if the registry does not respond; the record may be valid
     */
    List<String> schemas(int id) throws MalformedRecordException;

    /**
     * Starts lookups that never wait. The default asks at once: a registry that waits must do so in the background.
     *
     * @param changed called by another thread after each new answer
     */
    default SchemaLookups lookups(Runnable changed) {
        return new DirectLookups(this);
    }
}
