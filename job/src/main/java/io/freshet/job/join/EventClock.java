package io.freshet.job.join;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The event time that was reached: the newest watermark. It is part of the state, and never goes back: the records after a
 * checkpoint find what has already been emitted. Every subtask stores its own; each starts with the newest of all.
 */
final class EventClock {
    /** No event time is known. */
    static final long UNKNOWN = Long.MIN_VALUE;

    private final ListState<Long> stored;
    private long reached = UNKNOWN;

    EventClock(OperatorStateStore store) throws Exception {
        stored = store.getUnionListState(new ListStateDescriptor<>("event-time", Types.LONG));
        for (long time : stored.get()) {
            reached = Math.max(reached, time);
        }
    }

    long reached() {
        return reached;
    }

    void receive(long watermark) {
        reached = Math.max(reached, watermark);
    }

    void write() throws Exception {
        stored.update(List.of(reached));
    }
}
