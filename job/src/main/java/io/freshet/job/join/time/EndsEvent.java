package io.freshet.job.join.time;

import java.util.Map;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.kafka.common.TopicPartition;

/**
 * Tells the readers where quiet partitions end.
 *
 * @param round count of these events
 * @param watermark of a partition that is read to its end; {@link EventTimes#NONE} if none is known
 * @param ends of partitions that did not grow for a while
 * @param moves whether event time may go on: a task reads each partition that has records
 */
record EndsEvent(long round, long watermark, Map<TopicPartition, Long> ends, boolean moves) implements SourceEvent {
    private static final long serialVersionUID = 1;
}
