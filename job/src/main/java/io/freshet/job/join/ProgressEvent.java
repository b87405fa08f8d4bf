package io.freshet.job.join;

import java.io.Serializable;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.kafka.common.TopicPartition;

/**
 * Tells the enumerator how far a reader is: its answer to an {@link EndsEvent}.
 *
 * @param partitions all that it reads
 */
record ProgressEvent(long round, Map<TopicPartition, Progress> partitions) implements SourceEvent {
    private static final long serialVersionUID = 1;

    /**
     * How far one partition is.
     *
     * @param position offset before which nothing remains to be emitted
     * @param watermark of the partition; {@link EventTimes#NONE} if it has none
     * @param quiet when the newest round was asked to whose end it is read, if it emitted no event time for a while; otherwise
     *     {@link EventTimes#NONE}
     */
    record Progress(long position, long watermark, long quiet) implements Serializable {
        private static final long serialVersionUID = 1;
    }
}
