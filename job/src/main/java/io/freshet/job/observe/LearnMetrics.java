package io.freshet.job.observe;

import io.freshet.job.observe.RejectionCounters.Reason;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.RejectedSamples;
import io.freshet.learning.spec.ModelSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.jspecify.annotations.Nullable;

/**
 * Flink metrics of one subtask of the learner; {@code docs/metrics.md} lists all names.
 *
 * <p>Metrics cost three additions and a comparison for each sample. One of {@value #TIMED_EVERY} samples is timed. The number is
 * prime, so that samples that complete a batch are timed in proportion. Flink's threads read the gauges without synchronization,
 * so values may be slightly stale.
 */
public final class LearnMetrics {
    static final int TIMED_EVERY = 1021;
    static final int MAXIMUM_MODELS = 100;
    private static final int TIMES_KEPT = 1000;

    private final MetricGroup group;
    private final LongSupplier millis;
    private final LongSupplier nanos;
    private final Counter learned;
    private final Counter duplicates;
    private final Counter updates;
    private final Counter snapshots;
    private final Counter publishedBytes;
    private final Counter roundsClosedEarly;
    private final RejectionCounters rejected;
    private final Histogram learnNanos;
    private final Histogram publishDelayMillis;
    private final Map<String, ModelMetrics> models = new HashMap<>();
    private int untilTimed = TIMED_EVERY;
    private long newest = Long.MIN_VALUE;

    /**
     * @param millis since 1970, UTC
     * @param nanos since an arbitrary origin
     */
    public LearnMetrics(MetricGroup group, LongSupplier millis, LongSupplier nanos) {
        this.group = group;
        this.millis = millis;
        this.nanos = nanos;
        learned = group.counter("learned");
        duplicates = group.counter("duplicates");
        updates = group.counter("updates");
        snapshots = group.counter("snapshots");
        publishedBytes = group.counter("publishedBytes");
        roundsClosedEarly = group.counter("roundsClosedEarly");
        rejected = new RejectionCounters(group, Reason.GRADIENT, Reason.BATCH_FULL, Reason.FAILED);
        learnNanos = group.histogram("learnNanos", new DescriptiveStatisticsHistogram(TIMES_KEPT));
        publishDelayMillis = group.histogram("publishDelayMillis", new DescriptiveStatisticsHistogram(TIMES_KEPT));
        group.<Long, Gauge<Long>>gauge("eventTimeLagMillis", () -> ModelMetrics.since(newest, millis));
    }

    /** Registers gauges of the models, the cached models, and the buffered samples. */
    public void watch(LongSupplier models, IntSupplier cached, LongSupplier cachedBytes, IntSupplier buffered) {
        group.<Long, Gauge<Long>>gauge("models", models::getAsLong);
        group.<Integer, Gauge<Integer>>gauge("cachedModels", cached::getAsInt);
        group.<Long, Gauge<Long>>gauge("cachedModelBytes", cachedBytes::getAsLong);
        group.<Integer, Gauge<Integer>>gauge("bufferedSamples", buffered::getAsInt);
    }

    /** Counts a round that was closed without silent replicas. */
    public void closedEarly() {
        roundsClosedEarly.inc();
    }

    /** Starts a sample. Returns its start time in nanoseconds, or 0 if it is not timed. */
    public long start() {
        if (--untilTimed > 0) {
            return 0;
        }
        untilTimed = TIMED_EVERY;
        return nanos.getAsLong();
    }

    /**
     * Records a learned sample.
     *
     * @param start returned by {@link #start}
     * @param eventTime of the sample, milliseconds since 1970, UTC
     * @param steps optimizer steps caused by the sample, as in {@link #updated}
     */
    public void learned(long start, long eventTime, long steps) {
        if (start != 0) {
            learnNanos.update(nanos.getAsLong() - start);
        }
        learned.inc();
        updated(steps);
        newest = Math.max(newest, eventTime);
    }

    /** Records a sample that was received before. */
    public void duplicate() {
        duplicates.inc();
    }

    /**
     * Records optimizer steps at the end of the input.
     *
     * @param steps below 0 if the model returned to the best epoch; the counter never falls
     */
    public void updated(long steps) {
        updates.inc(Math.max(0, steps));
    }

    /** Records a sample rejected for its gradient, or because a full batch has no room for it. */
    public void rejected(RejectedSamples rejections, int i) {
        boolean full = rejections.reason(i).startsWith("batch.size");
        rejected.count(full ? Reason.BATCH_FULL : Reason.GRADIENT);
    }

    /** Records a sample of a failed model. */
    public void failed() {
        rejected.count(Reason.FAILED);
    }

    /** Records the end of a window of a model key. */
    public void windowEnded(ModelSpec spec, LearnerState state) {
        ModelMetrics model = model(spec);
        if (model != null && state.window().samples() > 0) {
            model.windowEnded(state.window().metrics().loss(), state.lineage().watermark());
        }
    }

    /** Records a publish timer that was due at {@code time}, in milliseconds since 1970, UTC. */
    public void publishTimerFired(long time) {
        publishDelayMillis.update(millis.getAsLong() - time);
    }

    /** Records a published snapshot. */
    public void published(ModelSpec spec, List<OutputRecord> records) {
        long bytes = 0;
        for (OutputRecord each : records) {
            bytes += (each.key() == null ? 0 : each.key().length) + (each.value() == null ? 0 : each.value().length);
        }
        snapshots.inc();
        publishedBytes.inc(bytes);
        ModelMetrics model = model(spec);
        if (model != null) {
            model.published(bytes, millis.getAsLong());
        }
    }

    /** Returns the metrics of a model, or null if there are too many models. */
    private @Nullable ModelMetrics model(ModelSpec spec) {
        ModelMetrics model = models.get(spec.name());
        if (model == null && models.size() < MAXIMUM_MODELS) {
            model = new ModelMetrics(group.addGroup("model", spec.name()), spec.key() != null, millis);
            models.put(spec.name(), model);
        }
        return model;
    }
}
