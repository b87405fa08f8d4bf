package io.freshet.learning.join;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one id of one model: its request, its outcomes, and what was emitted. {@link JoinRule} changes it, and
 * {@link JoinStateCodec} writes it.
 */
public final class JoinState {
    /** No timer is set. */
    public static final long NO_TIMER = Long.MAX_VALUE;

    /** The incarnation of a state that was never changed, or that a model had from its start. */
    public static final long NO_INCARNATION = -1;

    /** Null until the request arrives. */
    @Nullable JoinRequest request;

    /** In {@link JoinOutcome#ORDER}: those that count; without a request, all that wait for it. */
    final List<JoinOutcome> outcomes = new ArrayList<>(2);

    /** Whether the first sample was emitted. */
    boolean sampled;

    /** Whether the first sample was emitted as open, and was not closed yet. */
    boolean open;

    /** The last label emitted, if {@link #sampled}. */
    double label;

    /** Event time up to which changes of the label were emitted. */
    long cursor;

    /** Whether the end of the attribution was reached. */
    boolean closed;

    private long timer = NO_TIMER;
    private long incarnation = NO_INCARNATION;

    /** Returns the request; null if only outcomes have arrived. */
    public @Nullable JoinRequest request() {
        return request;
    }

    /** Returns whether the request is known and its attribution has not ended. */
    public boolean isOpen() {
        return request != null && !closed;
    }

    /** Returns whether outcomes wait for their request. */
    public boolean isWaiting() {
        return request == null && !outcomes.isEmpty();
    }

    /** Returns whether nothing is left to keep. */
    public boolean isEmpty() {
        return request == null && outcomes.isEmpty();
    }

    /** Returns the event time for which the owner of this state has set a timer; {@link #NO_TIMER} if there is none. */
    public long timer() {
        return timer;
    }

    public void setTimer(long time) {
        timer = time;
    }

    /** Returns the incarnation of the model by whose specification the request and its outcomes were read. */
    public long incarnation() {
        return incarnation;
    }

    public void setIncarnation(long number) {
        incarnation = number;
    }

    /** Forgets everything but the timer and the incarnation, as for an id that was never seen. */
    public void clear() {
        request = null;
        outcomes.clear();
        sampled = false;
        open = false;
        label = 0;
        cursor = 0;
        closed = false;
    }
}
