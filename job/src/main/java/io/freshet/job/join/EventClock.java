package io.freshet.job.join;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The event time that was reached. It follows the watermarks, as far as all {@link SourceTasks} are, and goes on with the clock
 * while all inputs are idle. It is part of the state, and never goes back: the records after a checkpoint find what has already
 * been emitted. Every subtask stores its own; each starts with the newest of all.
 */
final class EventClock {
    /** No event time is known. */
    static final long UNKNOWN = Long.MIN_VALUE;

    private final ListState<Long> stored;
    private final SourceTasks tasks = new SourceTasks();
    private long reached = UNKNOWN;
    /** The newest watermark. */
    private long offered = UNKNOWN;
    /** Newest event time of a record. */
    private long newest = UNKNOWN;

    private boolean idle;
    /** Whether timers of the restored state may be due, since another subtask had reached a later time. */
    private boolean restored;

    /** When the inputs became idle or the clock was last read since, milliseconds since 1970, UTC. */
    private long read;

    EventClock(OperatorStateStore store) throws Exception {
        stored = store.getUnionListState(new ListStateDescriptor<>("event-time", Types.LONG));
        for (long time : stored.get()) {
            reached = Math.max(reached, time);
        }
        restored = reached != UNKNOWN;
    }

    long reached() {
        return reached;
    }

    void receive(long watermark) {
        offered = Math.max(offered, watermark);
        follow();
    }

    /** Receives how far a task of the source is. Returns whether event time goes on. */
    boolean receive(JoinInput.Reached task) {
        tasks.receive(task);
        return follow();
    }

    private boolean follow() {
        long before = reached;
        reached = Math.max(reached, Math.min(offered, tasks.earliest()));
        return reached > before;
    }

    /** Receives the event time of a record. */
    void see(long time) {
        newest = Math.max(newest, time);
    }

    /**
     * Receives whether all inputs are idle. If they are before any watermark, event time starts at the newest record. Otherwise it
     * goes on from where it is: a partition whose records are earlier may have more of them, and be silent only for a moment.
     */
    void setIdle(boolean isIdle, long now) {
        idle = isIdle;
        read = now;
        if (isIdle && reached == UNKNOWN) {
            reached = newest;
        }
    }

    /**
     * Returns whether timers may be due.
     *
     * @param most by how much event time goes on at most: the process may have been paused, and records may wait that arrived
     *     meanwhile
     */
    boolean tick(long now, long most) {
        tasks.tick();
        boolean due = follow() || restored;
        restored = false;
        if (idle && reached != UNKNOWN && now > read && reached < Long.MAX_VALUE - most) {
            reached += Math.min(now - read, most);
            read = now;
            due = true;
        }
        return due;
    }

    void write() throws Exception {
        stored.update(List.of(reached));
    }
}
