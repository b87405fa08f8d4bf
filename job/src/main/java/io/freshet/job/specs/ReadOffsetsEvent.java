package io.freshet.job.specs;

import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/**
 * Tells the coordinator that a subtask runs, and how far it has read.
 *
 * @param offsets after the newest record read from each partition; 0 before the first
 * @param models position after the changes that are in effect for the next record
 */
record ReadOffsetsEvent(long[] offsets, long models) implements OperatorEvent {
    private static final long serialVersionUID = 1;
}
