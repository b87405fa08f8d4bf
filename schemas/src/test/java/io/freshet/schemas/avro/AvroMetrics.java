package io.freshet.schemas.avro;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import org.apache.avro.Schema;

/** Converts metrics to Avro's generated record, which Avro's own encoder writes. */
public final class AvroMetrics {
    private AvroMetrics() {}

    public static io.freshet.wire.Metrics record(Metrics metrics) {
        io.freshet.wire.Metrics wire = new io.freshet.wire.Metrics();
        wire.setSamples(metrics.samples());
        for (Metric metric : WireMetrics.ORDER) {
            Schema.Field field = wire.getSchema().getField(metric.field());
            Double value = metrics.get(metric);
            wire.put(field.pos(), value == null && !field.schema().isUnion() ? (Double) Double.NaN : value);
        }
        return wire;
    }
}
