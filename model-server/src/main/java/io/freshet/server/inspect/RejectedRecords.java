package io.freshet.server.inspect;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Comparator;

/**
 * The dead letters that one reason explains.
 *
 * @param stage that rejected them: {@code read}, {@code decode}, {@code encode}, or {@code learn}
 * @param reason of the newest one, with its value and what was expected
 * @param newestAt when that record was made, milliseconds since 1970, UTC
 */
record RejectedRecords(String stage, String reason, long count, long newestAt) {
    static final Comparator<RejectedRecords> MOST_FREQUENT_FIRST =
            Comparator.comparingLong(RejectedRecords::count).reversed();

    RejectedRecords plus(RejectedRecords other) {
        RejectedRecords newer = other.newestAt >= newestAt ? other : this;
        return new RejectedRecords(newer.stage, newer.reason, count + other.count, newer.newestAt);
    }

    JsonObject json() {
        return new JsonObject()
                .put("stage", stage)
                .put("reason", reason)
                .put("count", count)
                .put("newest_at", Instant.ofEpochMilli(newestAt).toString());
    }
}
