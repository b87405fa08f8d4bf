package io.freshet.job.join;

import org.apache.flink.api.connector.source.SourceEvent;

/**
 * Tells a {@link TimedSource} the event time that the restored state of an operator had reached. It goes on from there if no
 * records follow.
 */
public record ReachedEvent(long watermark) implements SourceEvent {
    private static final long serialVersionUID = 1;
}
