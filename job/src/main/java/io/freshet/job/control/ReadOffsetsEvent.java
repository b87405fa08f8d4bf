package io.freshet.job.control;

import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/**
 * Tells the coordinator that a subtask runs, and how far it has read.
 *
 * @param offsets after the newest record read from each partition; 0 before the first
 */
record ReadOffsetsEvent(long[] offsets) implements OperatorEvent {
    private static final long serialVersionUID = 1;
}
