package io.freshet.schemas.avro;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Catches a metric that has no field, or that shares one with another. */
class WireMetricsTest {
    private static final Metrics ALL = new Metrics(
            7,
            Arrays.stream(Metric.values())
                    .collect(Collectors.toMap(metric -> metric, metric -> metric.ordinal() + 0.5)));

    @Test
    void every_metric_has_a_field_of_its_own() {
        assertThat(WireMetrics.ORDER).containsExactlyInAnyOrder(Metric.values());
        WireMetrics.ORDER.forEach(metric -> assertThat(AvroMetrics.record(ALL).get(metric.field()))
                .as(metric.field())
                .isEqualTo(metric.ordinal() + 0.5));
    }

    @Test
    void a_value_of_every_metric_survives_each_way_through_the_record() {
        assertThat(WireMetrics.read(AvroMetrics.record(ALL))).isEqualTo(ALL);
        assertThat(WireMetrics.unpack(WireMetrics.pack(ALL))).isEqualTo(ALL);
    }

    @Test
    void absent_metrics_stay_absent() {
        Metrics loss = new Metrics(1, Map.of(Metric.LOSS, 0.5));
        assertThat(WireMetrics.read(AvroMetrics.record(loss))).isEqualTo(loss);
        assertThat(WireMetrics.unpack(WireMetrics.pack(loss))).isEqualTo(loss);
        assertThat(AvroMetrics.record(loss).getBaselineLoss()).isNaN();
    }
}
