package io.freshet.job.pause;

import java.util.TreeSet;
import org.apache.flink.api.connector.source.SourceEvent;

/** Tells a reader which partitions are paused; it reads all others. */
record PausedEvent(TreeSet<Integer> partitions) implements SourceEvent {
    private static final long serialVersionUID = 1;
}
