package io.freshet.schemas.sample;

import io.freshet.schemas.avro.MalformedRecordException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a registry answered for a schema id.
 *
 * @param schemas the schema as JSON, preceded by the schemas that it refers to; empty if there is none
 * @param refusal why there is no schema; null if there is one
 */
public record SchemaAnswer(
        int id, List<String> schemas, @Nullable String refusal) {
    public static SchemaAnswer known(int id, List<String> schemas) {
        return new SchemaAnswer(id, List.copyOf(schemas), null);
    }

    public static SchemaAnswer refused(int id, String reason) {
        return new SchemaAnswer(id, List.of(), reason);
    }

    /** @throws MalformedRecordException if there is no schema */
    List<String> orThrow() throws MalformedRecordException {
        if (refusal != null) {
            throw new MalformedRecordException(refusal);
        }
        return schemas;
    }
}
