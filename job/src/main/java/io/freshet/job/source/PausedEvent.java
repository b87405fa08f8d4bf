package io.freshet.job.source;

import java.util.Set;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.kafka.common.TopicPartition;

/** Tells a reader which partitions are paused; it reads all others. */
record PausedEvent(Set<TopicPartition> partitions) implements SourceEvent {
    private static final long serialVersionUID = 1;
}
