package io.freshet.schemas.sample;

import org.jspecify.annotations.Nullable;

/** Asks a registry for schemas in the background. */
public interface SchemaLookups extends AutoCloseable {
    /** Returns the answer for an id, or null while there is none. The first call starts the lookup. Never blocks. */
    @Nullable SchemaAnswer answer(int id);

    @Override
    void close();
}
