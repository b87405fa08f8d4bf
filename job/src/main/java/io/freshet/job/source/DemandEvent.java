package io.freshet.job.source;

import org.apache.flink.api.connector.source.SourceEvent;

/**
 * Tells the enumerator the demand of the subtask that sends it.
 *
 * @param operator uid of the subtask's operator
 */
record DemandEvent(String operator, Demand demand) implements SourceEvent {
    private static final long serialVersionUID = 1;
}
