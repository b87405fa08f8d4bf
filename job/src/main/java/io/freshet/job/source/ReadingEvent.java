package io.freshet.job.source;

import java.util.TreeSet;
import org.apache.flink.api.connector.source.SourceEvent;

/** Tells the enumerator which partitions a reader has, paused or not. It is done with those that have ended. */
record ReadingEvent(TreeSet<Integer> partitions) implements SourceEvent {
    private static final long serialVersionUID = 1;
}
