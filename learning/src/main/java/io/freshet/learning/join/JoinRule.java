package io.freshet.learning.join;

import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.JoinSpec;
import java.util.Iterator;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Joins the requests of one model with their outcomes, one id at a time.
 *
 * <p>With r the time of the request: the first sample is emitted at the earliest event time in [r + after, r + within] at which
 * there is a label. Each later outcome that changes the label emits a change, and r + within closes the sample. What is due at an
 * event time is emitted when the watermark reaches it. So the samples of an id do not depend on the order of arrival, as long as
 * no record is behind the watermark. An outcome that is behind it changes the label at once. The last label emitted is therefore a
 * function of the records alone.
 *
 * <p>If the model cannot take labels back, a label that falls is emitted by the close only, to be scored. Changes go on from the
 * highest label emitted before.
 *
 * <p>Whoever keeps the states calls {@link #advance} when the watermark reaches {@link #nextTime}. Calling it more often changes
 * nothing. Watermarks that are passed in for one state never decrease. Not thread safe.
 */
public final class JoinRule {
    /** Outcomes that are kept for one id. */
    public static final int MAXIMUM_OUTCOMES = 1_000;

    /** Bytes of {@link JoinOutcome#content} that are kept for one id. */
    public static final int MAXIMUM_WAITING_BYTES = 1 << 16;

    /** What happened to a request. */
    public enum Arrival {
        /** It is kept. */
        OPENED,
        /** It is ignored, since another request has the same id. */
        DOUBLED,
        /** It is ignored, since the state of its id would be gone. */
        LATE
    }

    private final JoinSpec join;
    private final KeptOutcomes kept;
    private final OutcomeLabel labels;
    private final JoinListener listener;

    /** @param nearest returns the label nearest to a sum, mean, or maximum, such as {@link NearestLabel} */
    public JoinRule(JoinSpec join, DoubleUnaryOperator nearest, JoinListener listener) {
        this.join = join;
        this.listener = listener;
        kept = new KeptOutcomes(listener);
        labels = new OutcomeLabel(join, nearest);
    }

    /** Adds the request of an id, joins it with the outcomes that wait for it, and emits what is due. */
    public Arrival request(JoinState state, JoinRequest request, long watermark) {
        advance(state, watermark);
        if (state.request != null) {
            return Arrival.DOUBLED;
        }
        if (deletion(request) <= watermark) {
            return Arrival.LATE;
        }
        state.request = request;
        state.cursor = request.time() - 1;
        List<JoinOutcome> waiting = List.copyOf(state.outcomes);
        state.outcomes.clear();
        for (JoinOutcome outcome : waiting) {
            if (isOutside(request, outcome)) {
                listener.unjoined(outcome, Unjoined.OUTSIDE);
            } else {
                kept.keep(state.outcomes, outcome.withoutContent());
            }
        }
        advance(state, watermark);
        return Arrival.OPENED;
    }

    /** Adds an outcome of an id, and emits what is due. */
    public void outcome(JoinState state, JoinOutcome outcome, long watermark) {
        advance(state, watermark);
        JoinRequest request = state.request;
        if (request == null) {
            await(state, outcome, watermark);
        } else if (isOutside(request, outcome)) {
            listener.unjoined(outcome, Unjoined.OUTSIDE);
        } else if (isFinal(state) && !KeptOutcomes.isKnown(state.outcomes, outcome)) {
            listener.unjoined(outcome, Unjoined.LATE);
        } else if (kept.keep(state.outcomes, outcome.withoutContent())) {
            if (state.sampled && outcome.time() <= state.cursor) {
                change(state, request, state.cursor);
            } else {
                advance(state, watermark);
            }
        }
    }

    /** Returns whether the label of a sample stays. One that an earlier specification has left open follows its outcomes to the end. */
    private boolean isFinal(JoinState state) {
        return state.sampled && !state.open && join.delayed().waits();
    }

    private void await(JoinState state, JoinOutcome outcome, long watermark) {
        if (orphaned(outcome) <= watermark) {
            listener.unjoined(outcome, Unjoined.LATE);
        } else {
            kept.await(state.outcomes, outcome);
        }
    }

    /** Emits what is due at a watermark, and forgets what has ended. */
    public void advance(JoinState state, long watermark) {
        JoinRequest request = state.request;
        if (request == null) {
            expireWaiting(state, watermark);
            return;
        }
        long end = end(request);
        long through = Math.min(watermark, end);
        if (!state.sampled) {
            first(state, request, through);
        }
        if (state.sampled) {
            changes(state, request, through);
        }
        state.cursor = Math.max(state.cursor, through);
        if (watermark >= end) {
            close(state, request, end);
        }
        if (watermark >= deletion(request)) {
            state.clear();
        }
    }

    /** Forgets an id whose request and outcomes have another meaning now. Outcomes that wait for their request are orphans. */
    public void forget(JoinState state) {
        if (state.request == null) {
            state.outcomes.forEach(outcome -> listener.unjoined(outcome, Unjoined.ORPHAN));
        }
        state.clear();
    }

    private void expireWaiting(JoinState state, long watermark) {
        for (Iterator<JoinOutcome> waiting = state.outcomes.iterator(); waiting.hasNext(); ) {
            JoinOutcome outcome = waiting.next();
            if (orphaned(outcome) > watermark) {
                return;
            }
            waiting.remove();
            listener.unjoined(outcome, Unjoined.ORPHAN);
        }
    }

    /** Emits the first sample, if there is a label at a time from r + after. */
    private void first(JoinState state, JoinRequest request, long through) {
        long from = plus(request.time(), join.afterMillis());
        if (from > through || firstAt(state, request, from)) {
            return;
        }
        for (JoinOutcome outcome : state.outcomes) {
            if (outcome.time() > through) {
                return;
            }
            if (outcome.time() > from && firstAt(state, request, outcome.time())) {
                return;
            }
        }
    }

    private boolean firstAt(JoinState state, JoinRequest request, long time) {
        double label = labels.at(state, time);
        if (Double.isNaN(label)) {
            return false;
        }
        state.sampled = true;
        state.open = !join.isFinalAtOnce();
        state.label = label;
        // Of a request that arrives late, later changes may be due too.
        state.cursor = time;
        listener.emit(
                request, new JoinEmission(join.isFinalAtOnce() ? Stage.COMPLETE : Stage.OPEN, label, Double.NaN, time));
        return true;
    }

    private void changes(JoinState state, JoinRequest request, long through) {
        for (JoinOutcome outcome : state.outcomes) {
            long time = outcome.time();
            if (time > through) {
                return;
            }
            if (time > state.cursor) {
                state.cursor = time;
                change(state, request, time);
            }
        }
    }

    private void change(JoinState state, JoinRequest request, long time) {
        double label = labels.at(state, time);
        if (Double.isNaN(label) || label == state.label) {
            return;
        }
        double previous = state.label;
        state.label = label;
        listener.emit(request, new JoinEmission(Stage.CHANGED, label, previous, time));
    }

    private void close(JoinState state, JoinRequest request, long end) {
        if (state.open) {
            // Only an earlier specification can have left another label.
            change(state, request, end);
            state.open = false;
            listener.emit(request, new JoinEmission(Stage.CLOSED, state.label, Double.NaN, end));
        }
        if (state.closed) {
            return;
        }
        state.closed = true;
        listener.closed(request, state.sampled ? state.label : Double.NaN, labels.firstDelay(state, request));
    }

    /** Returns the event time at which {@link #advance} has to be called next; {@link JoinState#NO_TIMER} for never. */
    public long nextTime(JoinState state) {
        JoinRequest request = state.request;
        if (request == null) {
            return state.outcomes.isEmpty() ? JoinState.NO_TIMER : orphaned(state.outcomes.get(0));
        }
        long from = plus(request.time(), join.afterMillis());
        if (!state.sampled && from > state.cursor) {
            return from;
        }
        long end = end(request);
        for (JoinOutcome outcome : state.outcomes) {
            if (outcome.time() > state.cursor && outcome.time() <= end) {
                return outcome.time();
            }
        }
        return state.closed && !state.open ? deletion(request) : end;
    }

    private boolean isOutside(JoinRequest request, JoinOutcome outcome) {
        return outcome.time() < request.time() || outcome.time() > end(request);
    }

    private long end(JoinRequest request) {
        return plus(request.time(), join.withinMillis());
    }

    private long deletion(JoinRequest request) {
        return plus(end(request), join.graceMillis());
    }

    private long orphaned(JoinOutcome outcome) {
        return plus(plus(outcome.time(), join.withinMillis()), join.graceMillis());
    }

    /** Returns the sum, or the largest time if it overflows. */
    private static long plus(long time, long duration) {
        return time > Long.MAX_VALUE - duration ? Long.MAX_VALUE : time + duration;
    }
}
