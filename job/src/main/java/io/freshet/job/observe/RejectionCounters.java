package io.freshet.job.observe;

import java.util.Arrays;
import java.util.Locale;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counts what is refused, in all and by kind. The dead letters have the reason in words; as a label of a metric, words
 * would take as many values as there are bad records.
 */
public final class RejectionCounters {
    /** Why something is refused. */
    public enum Kind {
        /** A record without a value. */
        NO_VALUE,
        /** A record that is not of the format. */
        MALFORMED,
        /** A record for a model that there is not. */
        UNKNOWN_MODEL,
        /** A field that a model needs is missing, of the wrong type or out of range. */
        UNFIT,
        /** A gradient that is not finite or too large. */
        GRADIENT,
        /** More samples than a full batch holds. */
        BATCH_FULL;

        /** Returns the value of the label. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Counter all;
    private final Counter[] byKind = new Counter[Kind.values().length];

    /** @param kinds that are refused here */
    public RejectionCounters(MetricGroup metrics, Kind... kinds) {
        all = metrics.counter("rejected");
        Arrays.fill(byKind, all);
        for (Kind kind : kinds) {
            byKind[kind.ordinal()] = metrics.addGroup("reason", kind.text()).counter("rejected");
        }
    }

    public void count(Kind kind) {
        all.inc();
        byKind[kind.ordinal()].inc();
    }
}
