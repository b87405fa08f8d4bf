package io.freshet.schemas.sample;

import org.jspecify.annotations.Nullable;

/** The answer that the record to decode brings along, since whoever read it has waited for the registry. */
public final class DeliveredSchemas {
    private @Nullable SchemaAnswer answer;

    /** @param schema of the next record, or null if it brings none along */
    public void deliver(@Nullable SchemaAnswer schema) {
        answer = schema;
    }

    /** Returns a registry that knows the delivered answer, and asks another one for other ids. */
    public SchemaRegistry before(SchemaRegistry other) {
        return id -> {
            SchemaAnswer delivered = answer;
            return delivered != null && delivered.id() == id ? delivered.orThrow() : other.schemas(id);
        };
    }
}
