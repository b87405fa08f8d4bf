package io.freshet.job.observe;

import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** Metrics of one model in one subtask, over all its keys. */
final class ModelMetrics {
    /** Weight of a key's new window in the running mean loss of a keyed model. */
    private static final double KEY_WEIGHT = 1 / 16.0;

    private final boolean keyed;
    private final Counter snapshots;
    private double loss = Double.NaN;
    private long watermark = Long.MIN_VALUE;
    private long publishedAt = Long.MIN_VALUE;
    private long snapshotBytes;

    /**
     * @param group labeled with the model
     * @param millis now, since 1970, UTC
     */
    ModelMetrics(MetricGroup group, boolean keyed, LongSupplier millis) {
        this.keyed = keyed;
        snapshots = group.counter("snapshots");
        group.<Double, Gauge<Double>>gauge("windowLoss", () -> loss);
        group.<Long, Gauge<Long>>gauge("eventTimeLagMillis", () -> since(watermark, millis));
        group.<Long, Gauge<Long>>gauge("snapshotBytes", () -> snapshotBytes);
        group.<Long, Gauge<Long>>gauge("snapshotAgeMillis", () -> since(publishedAt, millis));
    }

    void windowEnded(double windowLoss, long newest) {
        loss = keyed && !Double.isNaN(loss) ? loss + KEY_WEIGHT * (windowLoss - loss) : windowLoss;
        watermark = Math.max(watermark, newest);
    }

    void published(long bytes, long at) {
        snapshots.inc();
        snapshotBytes = bytes;
        publishedAt = at;
    }

    /** Returns the milliseconds since {@code time}, or -1 if there is none. */
    static long since(long time, LongSupplier millis) {
        return time == Long.MIN_VALUE ? -1 : Math.max(0, millis.getAsLong() - time);
    }
}
