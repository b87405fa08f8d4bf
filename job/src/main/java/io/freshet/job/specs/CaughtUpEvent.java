package io.freshet.job.specs;

import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/** Tells a subtask that it has received every change that the log had when the subtask started. */
record CaughtUpEvent() implements OperatorEvent {
    private static final long serialVersionUID = 1;
}
