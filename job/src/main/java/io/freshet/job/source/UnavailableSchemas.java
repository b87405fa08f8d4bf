package io.freshet.job.source;

import io.freshet.schemas.avro.MalformedRecordException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Caches the ids of unavailable schemas and the reasons, so that not every record with such an id causes a request.
 *
 * <p>A schema may be registered later, so an id is requested again after {@value #RECORDS} records. Malformed records contain
 * arbitrary ids, so only the {@value #IDS} most recently used are kept.
 */
final class UnavailableSchemas {
    private static final int IDS = 1_000;
    private static final int RECORDS = 100;

    private static final class Refusal {
        private final MalformedRecordException reason;
        private int records;

        Refusal(MalformedRecordException reason) {
            this.reason = reason;
        }
    }

    private final Map<Integer, Refusal> refusals = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Refusal> eldest) {
            return size() > IDS;
        }
    };

    /** @throws MalformedRecordException if the id is known to be unavailable and must not be requested again yet */
    void check(int id) throws MalformedRecordException {
        Refusal refusal = refusals.get(id);
        if (refusal != null) {
            if (++refusal.records <= RECORDS) {
                throw refusal.reason;
            }
            refusals.remove(id);
        }
    }

    void add(int id, MalformedRecordException reason) {
        refusals.put(id, new Refusal(reason));
    }
}
