package io.freshet.schemas;

import io.freshet.wire.Evaluation;
import io.freshet.wire.Metrics;
import io.freshet.wire.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The schemas that records with metrics had in version 1. Fields are only ever added at the end, so that they are the
 * start of those of now; {@code WireCompatibilityTest} reads the bytes that they have written.
 */
final class FirstVersion {
    /** Up to the root mean squared error. */
    private static final int METRICS = 8;
    /** Up to the histogram. */
    private static final int EVALUATION = 15;
    /** Up to the metrics. */
    private static final int SNAPSHOT = 18;

    private FirstVersion() {}

    static Schema evaluation() {
        return start(Evaluation.getClassSchema(), EVALUATION, metrics());
    }

    static Schema snapshot() {
        return start(Snapshot.getClassSchema(), SNAPSHOT, metrics());
    }

    private static Schema metrics() {
        return start(Metrics.getClassSchema(), METRICS, null);
    }

    /** Returns the first fields of a record, with {@code metrics} where a field may be metrics. */
    private static Schema start(Schema now, int count, @Nullable Schema metrics) {
        List<Schema.Field> fields = new ArrayList<>();
        for (Schema.Field field : now.getFields().subList(0, count)) {
            boolean isMetrics = metrics != null
                    && field.schema().isUnion()
                    && field.schema().getTypes().contains(Metrics.getClassSchema());
            Schema schema = isMetrics ? Schema.createUnion(Schema.create(Schema.Type.NULL), metrics) : field.schema();
            fields.add(new Schema.Field(field, schema));
        }
        return Schema.createRecord(now.getName(), now.getDoc(), now.getNamespace(), false, fields);
    }
}
