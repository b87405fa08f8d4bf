package io.freshet.schemas.evaluation;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.lineage.Incarnation;
import io.freshet.learning.watch.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How well one model predicts each sample before it learns it: a record of the metrics topic.
 *
 * @param model name of the model
 * @param key value of its key field, or ""
 * @param version samples that the parameters had learned from
 * @param updates steps of the optimizer
 * @param rejected samples refused for their gradient
 * @param windowIndex number of the window, from 0
 * @param last whether a bounded input ended here
 * @param startedAt when this run of the job learned its first sample, milliseconds since 1970, UTC
 * @param emittedAt when this record was made, milliseconds since 1970, UTC
 * @param window metrics of the window, or null if it is empty
 * @param total sums since the start, to be added over keys
 * @param learning how the learning went in the window
 * @param progress how far it has come
 * @param origin where it began
 */
public record Evaluation(
        String model,
        String key,
        long version,
        long updates,
        long rejected,
        long windowIndex,
        boolean last,
        long startedAt,
        long emittedAt,
        @Nullable Metrics window,
        Tally total,
        Learning learning,
        Progress progress,
        Incarnation origin) {
    /** Makes one of which it is not known where the learning began, and how far it has come. */
    public Evaluation(
            String model,
            String key,
            long version,
            long updates,
            long rejected,
            long windowIndex,
            boolean last,
            long startedAt,
            long emittedAt,
            @Nullable Metrics window,
            Tally total,
            Learning learning) {
        this(
                model,
                key,
                version,
                updates,
                rejected,
                windowIndex,
                last,
                startedAt,
                emittedAt,
                window,
                total,
                learning,
                Progress.UNKNOWN,
                Incarnation.UNKNOWN);
    }

    /**
     * How the learning of a window went.
     *
     * @param updates of the window, or null where they are not known
     * @param holdout metrics of the samples held out, so far in this epoch; null if there are none
     * @param epoch number of the pass over a bounded input, from 0
     * @param stopped whether early stopping has ended the learning
     * @param events what was found since the last evaluation, in order
     */
    public record Learning(
            @Nullable UpdateMetrics updates,
            @Nullable Metrics holdout,
            int epoch,
            boolean stopped,
            List<Event> events) {
        /** As records of version 1 have it. */
        public static final Learning UNKNOWN = new Learning(null, null, 0, false, List.of());

        public Learning {
            events = List.copyOf(events);
        }
    }

    /**
     * How far the learning has come in the stream.
     *
     * @param watermark newest event time learned, milliseconds since 1970, UTC; null if it is not known
     * @param behind records of the samples topic that were still to be learned, in offsets; null if it is not known
     * @param catchingUp whether those are a backlog: more than came in within the last ten seconds
     */
    public record Progress(
            @Nullable Long watermark, @Nullable Long behind, boolean catchingUp) {
        /** As records of version 1 have it. */
        public static final Progress UNKNOWN = new Progress(null, null, false);
    }
}
