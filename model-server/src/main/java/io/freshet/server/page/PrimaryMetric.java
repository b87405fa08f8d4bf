package io.freshet.server.page;

import io.freshet.learning.evaluation.Metrics;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The metric besides the loss that says most about a model's predictions: the first one that its task has. */
enum PrimaryMetric {
    IOU(Metrics::iou),
    AUC(Metrics::auc),
    ACCURACY(Metrics::accuracy),
    RMSE(Metrics::rmse);

    private final Function<Metrics, @Nullable Double> metric;

    PrimaryMetric(Function<Metrics, @Nullable Double> metric) {
        this.metric = metric;
    }

    static PrimaryMetric of(Metrics metrics) {
        for (PrimaryMetric each : values()) {
            if (each.metric.apply(metrics) != null) {
                return each;
            }
        }
        return ACCURACY;
    }

    /** Returns the value in some metrics; NaN if they do not have it. */
    double value(Metrics metrics) {
        Double value = metric.apply(metrics);
        return value == null ? Double.NaN : value;
    }

    /** Returns the name in the page's events. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
