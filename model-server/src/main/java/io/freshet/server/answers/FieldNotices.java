package io.freshet.server.answers;

import io.freshet.server.store.RequestFields;
import io.freshet.server.store.ServedSpec;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports the fields to log that a model does not have, once for each specification. Thread-safe. */
final class FieldNotices {
    private static final Logger log = LoggerFactory.getLogger(FieldNotices.class);
    private static final int MAXIMUM_REMEMBERED = 1_000;

    private final LoggedFields fields;
    private final Set<String> checked = ConcurrentHashMap.newKeySet();

    FieldNotices(LoggedFields fields) {
        this.fields = fields;
    }

    void check(ServedSpec served) {
        if (fields.names().isEmpty() || checked.contains(served.hash()) || checked.size() >= MAXIMUM_REMEMBERED) {
            return;
        }
        RequestFields known = served.fields();
        Set<String> unknown = new TreeSet<>(fields.names());
        unknown.removeAll(known.names());
        unknown.removeAll(known.unread());
        if (checked.add(served.hash()) && !unknown.isEmpty()) {
            log.warn(
                    "model {}: answers are logged without {}, which requests do not have (expected: some of {})",
                    served.spec().name(),
                    String.join(", ", unknown),
                    String.join(", ", known.names()));
        }
    }
}
