package io.freshet.job.specs;

import org.apache.flink.runtime.operators.coordination.OperatorEvent;

/** Delivers a change to a subtask. */
record SpecChangeEvent(SpecChangeLog.Entry entry) implements OperatorEvent {
    private static final long serialVersionUID = 1;
}
