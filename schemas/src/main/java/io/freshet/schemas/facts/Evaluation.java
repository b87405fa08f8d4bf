package io.freshet.schemas.facts;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.features.Incarnation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Progressive metrics of one model key: a record of the metrics topic. Each sample is predicted before it is learned.
 *
 * @param subject the model key that was evaluated
 * @param counts samples and updates since the start
 * @param window samples since the previous evaluation
 * @param total sums since the start, which can be added over keys
 * @param learning state of learning at the end of the window
 * @param progress position in the stream
 * @param failure why the trainer stopped learning the model, or null. An evaluation with a failure has no metrics, and its
 *     key is "": it is about the whole model
 */
public record Evaluation(
        Subject subject,
        Counts counts,
        Window window,
        Tally total,
        Learning learning,
        Progress progress,
        @Nullable String failure) {
    /** Creates the evaluation of a model that learns. */
    public Evaluation(
            Subject subject, Counts counts, Window window, Tally total, Learning learning, Progress progress) {
        this(subject, counts, window, total, learning, progress, null);
    }

    /**
     * Returns the evaluation of a model that the trainer has stopped learning.
     *
     * @param specHash of the specification that failed
     * @param emittedAt milliseconds since 1970, UTC
     * @param nothing a tally of the model without samples
     */
    public static Evaluation failed(String model, String specHash, String failure, long emittedAt, Tally nothing) {
        return new Evaluation(
                new Subject(model, "", Incarnation.UNKNOWN, specHash),
                new Counts(0, 0, 0),
                new Window(0, false, 0, emittedAt, null),
                nothing,
                Learning.UNKNOWN,
                Progress.UNKNOWN,
                failure);
    }

    public String model() {
        return subject.model();
    }

    public String key() {
        return subject.key();
    }

    public Incarnation incarnation() {
        return subject.incarnation();
    }

    public String specHash() {
        return subject.specHash();
    }

    public long version() {
        return counts.version();
    }

    public boolean last() {
        return window.last();
    }

    public long emittedAt() {
        return window.emittedAt();
    }

    /** Returns the same evaluation, emitted at the latest {@code now}: clocks that are ahead make no later one old. */
    public Evaluation receivedAt(long now) {
        return emittedAt() <= now
                ? this
                : new Evaluation(subject, counts, window.emittedAt(now), total, learning, progress, failure);
    }

    /**
     * A model key.
     *
     * @param model name of the model
     * @param key value of its key field, or ""
     * @param incarnation where learning started
     * @param specHash hash of the specification, or "" if unknown
     */
    public record Subject(String model, String key, Incarnation incarnation, String specHash) {
        /** Returns a model key whose incarnation and specification are unknown. */
        public static Subject of(String model, String key) {
            return new Subject(model, key, Incarnation.UNKNOWN, "");
        }
    }

    /**
     * Counts since the start.
     *
     * @param version samples learned
     * @param updates optimizer steps
     * @param rejected samples whose gradient was not finite
     * @param corrections learned samples that only changed the label of an earlier one
     * @param unscored final labels whose prediction was no longer kept
     */
    public record Counts(long version, long updates, long rejected, long corrections, long unscored) {
        /** Counts of a model whose labels do not change. */
        public Counts(long version, long updates, long rejected) {
            this(version, updates, rejected, 0, 0);
        }
    }

    /**
     * A window: the samples since the previous evaluation.
     *
     * @param index of the window, from 0
     * @param last whether this is the last window of a bounded input
     * @param startedAt when this run of the job learned its first sample, milliseconds since 1970, UTC
     * @param emittedAt when this record was written, milliseconds since 1970, UTC
     * @param metrics of the window, or null if it is empty
     * @param replicaLosses mean loss of each replica in the round that ended the window, in the order of the replicas; NaN
     *     for one without samples. Empty without replicas
     */
    public record Window(
            long index,
            boolean last,
            long startedAt,
            long emittedAt,
            @Nullable Metrics metrics,
            List<Double> replicaLosses) {
        /** Creates the window of a model without replicas. */
        public Window(long index, boolean last, long startedAt, long emittedAt, @Nullable Metrics metrics) {
            this(index, last, startedAt, emittedAt, metrics, List.of());
        }

        private Window emittedAt(long time) {
            return new Window(index, last, startedAt, time, metrics, replicaLosses);
        }
    }

    /**
     * The state of learning at the end of a window.
     *
     * @param updates metrics of the optimizer's updates, or null if unknown
     * @param holdout metrics of the samples held out so far in this epoch, or null if there are none
     * @param epoch pass over a bounded input, from 0
     * @param stopped whether early stopping has ended learning
     * @param events detected since the previous evaluation, in order
     * @param best of the ended epochs; null if none had held-out samples
     * @param published what readers of snapshots have of it
     */
    public record Learning(
            @Nullable UpdateMetrics updates,
            @Nullable Metrics holdout,
            int epoch,
            boolean stopped,
            List<Event> events,
            @Nullable BestEpoch best,
            Published published) {
        /** That of a model that is not learned. */
        public static final Learning UNKNOWN = new Learning(null, null, 0, false, List.of(), null);

        public Learning {
            events = List.copyOf(events);
        }

        /** Creates the state of a model of which nothing is known to be published. */
        public Learning(
                @Nullable UpdateMetrics updates,
                @Nullable Metrics holdout,
                int epoch,
                boolean stopped,
                List<Event> events,
                @Nullable BestEpoch best) {
            this(updates, holdout, epoch, stopped, events, best, Published.UNKNOWN);
        }
    }

    /**
     * The last snapshot of a model key that was published when the window ended.
     *
     * @param version of it, 0 before the first; null if unknown
     * @param at when it was published, milliseconds since 1970, UTC; null if unknown
     * @param held whether the divergence policy withholds the next ones
     */
    public record Published(
            @Nullable Long version, @Nullable Long at, boolean held) {
        /** That of a model of which nothing is known to be published. */
        public static final Published UNKNOWN = new Published(null, null, false);
    }

    /**
     * The epoch with the lowest hold-out loss.
     *
     * @param epoch from 0
     * @param holdout metrics of its held-out samples
     */
    public record BestEpoch(int epoch, Metrics holdout) {}

    /**
     * The position of learning in the stream.
     *
     * @param watermark newest event time learned, milliseconds since 1970, UTC; null if unknown
     * @param behind records of the samples topic still to be learned, in offsets; null if unknown
     * @param catchingUp whether {@code behind} is more than arrived within the last ten seconds
     */
    public record Progress(
            @Nullable Long watermark, @Nullable Long behind, boolean catchingUp) {
        /** That of a model that is not learned. */
        public static final Progress UNKNOWN = new Progress(null, null, false);
    }
}
