package io.freshet.job.control;

import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/**
 * Tells the coordinator that a subtask has started.
 *
 * @param position of the next change that the subtask needs, or {@link SpecPosition#UNKNOWN}
 */
record SpecPositionEvent(long position) implements OperatorEvent {
    private static final long serialVersionUID = 1;
}
