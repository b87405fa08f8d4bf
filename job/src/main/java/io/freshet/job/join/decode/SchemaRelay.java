package io.freshet.job.join.decode;

import io.freshet.job.record.SourceRecord;
import io.freshet.schemas.sample.ConfluentDecoder;
import io.freshet.schemas.sample.SchemaAnswer;
import io.freshet.schemas.sample.SchemaCache;
import org.jspecify.annotations.Nullable;

/**
 * Carries the registry's answers from the task that reads requests to the one that decodes them: a schema with its first record,
 * and a refusal with each. Both ends see the same requests in the same order, so they evict the same schemas. Each starts with
 * none, since no record between them is part of a checkpoint. Not thread-safe.
 */
final class SchemaRelay {
    private static final int CACHED_CHARACTERS = 32 << 20;

    private final SchemaCache<SchemaAnswer> known;

    SchemaRelay() {
        this(CACHED_CHARACTERS);
    }

    SchemaRelay(int cachedCharacters) {
        known = new SchemaCache<>(cachedCharacters);
    }

    /** Returns the request to send: without its schema if the receiver has it. */
    SourceRecord send(SourceRecord request) {
        SchemaAnswer answer = request.schema();
        if (answer == null || answer.refusal() != null) {
            return request;
        }
        if (known.get(answer.id()) != null) {
            return request.withSchema(null);
        }
        known.put(answer.id(), answer, answer.schemas());
        return request;
    }

    /** Returns the answer for the schema of a received request, or null if it needs none. */
    @Nullable SchemaAnswer receive(SourceRecord request) {
        SchemaAnswer answer = request.schema();
        if (answer == null) {
            byte[] value = request.value();
            return value == null || !ConfluentDecoder.isFramed(value)
                    ? null
                    : known.get(ConfluentDecoder.schemaId(value));
        }
        if (answer.refusal() == null) {
            known.put(answer.id(), answer, answer.schemas());
        }
        return answer;
    }
}
