package io.freshet.job.specs;

import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/**
 * Tells the coordinator that a subtask has started.
 *
 * @param position of the next change that the subtask needs, or {@link SpecPosition#UNKNOWN} or {@link SpecPosition#FINISHED}
 * @param ended whether its input had ended at that position, so that others may be ahead
 */
record SpecPositionEvent(long position, boolean ended) implements OperatorEvent {
    private static final long serialVersionUID = 1;
}
