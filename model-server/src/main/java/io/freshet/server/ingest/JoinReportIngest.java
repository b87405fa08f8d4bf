package io.freshet.server.ingest;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.schemas.loop.LatestJoins;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Adds reports of joins from the metrics topic to the latest ones. Not thread-safe. */
public final class JoinReportIngest {
    private final JoinReportCodec codec = new JoinReportCodec();
    private final LatestJoins joins;
    private final Consumer<JoinReport> added;
    private final Consumer<String> deleted;

    /**
     * @param added receives each report that is not older than the last one of its model
     * @param deleted receives the name of a model that is gone, or is no longer joined
     */
    public JoinReportIngest(LatestJoins joins, Consumer<JoinReport> added, Consumer<String> deleted) {
        this.joins = joins;
        this.added = added;
        this.deleted = deleted;
    }

    /** @param now milliseconds since 1970, UTC */
    void accept(byte[] key, byte @Nullable [] value, long now) throws MalformedRecordException {
        String model = JoinReportCodec.model(key);
        if (value == null) {
            remove(model);
            return;
        }
        JoinReport report = codec.read(value);
        if (!report.model().equals(model)) {
            throw new MalformedRecordException("model: not that of the key (expected: the same)");
        }
        if (joins.add(report, now)) {
            added.accept(report);
        }
    }

    private void remove(String model) {
        joins.remove(model);
        deleted.accept(model);
    }

    /** Forgets all models, for reports of a new topic. */
    void clear() {
        joins.models().forEach(this::remove);
    }
}
