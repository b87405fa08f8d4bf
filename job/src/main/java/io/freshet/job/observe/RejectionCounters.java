package io.freshet.job.observe;

import java.util.Arrays;
import java.util.Locale;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counts rejections, in total and by reason. Reasons are an enumeration to bound the number of label values; dead letters
 * contain the message.
 */
public final class RejectionCounters {
    /** Why a record or sample was rejected. */
    public enum Reason {
        /** A record without a value. */
        NO_VALUE,
        /** A record that is not in the expected format. */
        MALFORMED,
        /** A record for an unknown model. */
        UNKNOWN_MODEL,
        /** An invalid sample: a field that a model needs is missing, has the wrong type, or is out of range. */
        UNFIT,
        /** A gradient that is not finite or is too large. */
        GRADIENT,
        /** More samples than a full batch holds. */
        BATCH_FULL,
        /** A model that failed. */
        FAILED;

        /** Returns the value of the metric label. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Counter total;
    private final Counter[] byReason = new Counter[Reason.values().length];

    /** @param reasons that can occur in this operator */
    public RejectionCounters(MetricGroup metrics, Reason... reasons) {
        total = metrics.counter("rejected");
        Arrays.fill(byReason, total);
        for (Reason reason : reasons) {
            byReason[reason.ordinal()] =
                    metrics.addGroup("reason", reason.label()).counter("rejected");
        }
    }

    public void count(Reason reason) {
        total.inc();
        byReason[reason.ordinal()].inc();
    }
}
