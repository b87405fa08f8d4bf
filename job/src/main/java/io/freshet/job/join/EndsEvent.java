package io.freshet.job.join;

import java.util.Map;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.kafka.common.TopicPartition;

/**
 * Tells the readers where partitions end.
 *
 * @param round count of these events
 * @param nanos when the ends were asked for
 * @param watermark of a quiet partition; {@link EventTimes#NONE} if none is known
 * @param ends of partitions; {@link EventTimes#NONE} if there is nothing to read; without those that are unknown
 * @param moves whether event time may go on: a task reads each partition that has records
 */
record EndsEvent(long round, long nanos, long watermark, Map<TopicPartition, Long> ends, boolean moves)
        implements SourceEvent {
    private static final long serialVersionUID = 1;
}
