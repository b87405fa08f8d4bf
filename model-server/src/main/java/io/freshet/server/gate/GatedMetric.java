package io.freshet.server.gate;

import io.freshet.learning.evaluation.Metrics;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A metric that is a mean over samples, so that its value over the last samples follows from those since the start at two
 * versions.
 */
public enum GatedMetric {
    LOSS {
        @Override
        @Nullable Double mean(Metrics metrics) {
            return metrics.loss();
        }
    },
    ACCURACY {
        @Override
        @Nullable Double mean(Metrics metrics) {
            return metrics.accuracy();
        }
    },
    LOG_LOSS {
        @Override
        @Nullable Double mean(Metrics metrics) {
            return metrics.logLoss();
        }
    },
    MAE {
        @Override
        @Nullable Double mean(Metrics metrics) {
            return metrics.mae();
        }
    },
    RMSE {
        @Override
        @Nullable Double mean(Metrics metrics) {
            return metrics.rmse() == null ? null : metrics.rmse() * metrics.rmse();
        }

        @Override
        double value(double mean) {
            return Math.sqrt(Math.max(0, mean));
        }
    },
    IOU {
        @Override
        @Nullable Double mean(Metrics metrics) {
            return metrics.iou();
        }
    },
    TOP_K_ACCURACY {
        @Override
        @Nullable Double mean(Metrics metrics) {
            return metrics.classification().topKAccuracy();
        }
    };

    static final String NAMES = Arrays.stream(values()).map(GatedMetric::text).collect(Collectors.joining(", "));

    static Optional<GatedMetric> of(String text) {
        return Arrays.stream(values())
                .filter(metric -> metric.text().equals(text))
                .findFirst();
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the mean over samples from which the metric follows, or null if the model does not have the metric. */
    abstract @Nullable Double mean(Metrics metrics);

    /** Returns the metric, from the mean over samples. */
    double value(double mean) {
        return mean;
    }

    /**
     * Returns the metric over the samples after an earlier version; null if the model does not have it, NaN without samples.
     *
     * <pre>
     *   (n * m - n' * m') / (n - n')     n, m: samples and mean since the start; n', m': at the earlier version
     * </pre>
     *
     * @param earlier null for all samples since the start
     */
    @Nullable Double since(@Nullable Metrics earlier, Metrics metrics) {
        Double mean = mean(metrics);
        if (mean == null || metrics.samples() == 0) {
            return mean == null ? null : Double.NaN;
        }
        Double before = earlier == null ? null : mean(earlier);
        if (earlier == null || before == null) {
            return value(mean);
        }
        long samples = metrics.samples() - earlier.samples();
        return value((metrics.samples() * mean - earlier.samples() * before) / samples);
    }
}
