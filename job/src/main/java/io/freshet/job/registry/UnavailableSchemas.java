package io.freshet.job.registry;

import io.freshet.schemas.avro.MalformedRecordException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers of schemas that could not be had, and why, so that not every record that names one costs a request.
 *
 * <p>A registry may get what it has not yet: a number is asked for again after {@value #RECORDS} records. The numbers
 * themselves may be noise: {@value #NUMBERS} are kept, those longest unused go.
 */
final class UnavailableSchemas {
    private static final int NUMBERS = 1_000;
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
            return size() > NUMBERS;
        }
    };

    /** @throws MalformedRecordException if the number is not to be asked for again yet */
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
