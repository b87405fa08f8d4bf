package io.freshet.job.source;

import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Tells failures of one topic from those of the cluster. */
final class TopicFailures {
    private TopicFailures() {}

    /** Returns whether a failure concerns one topic, and will occur again after a restart. */
    static boolean isOfTopic(Exception failure) {
        return failure instanceof AuthorizationException
                || failure instanceof UnknownTopicOrPartitionException
                || failure instanceof InvalidOffsetException
                || failure instanceof InvalidTopicException
                || failure instanceof RecordTooLargeException;
    }
}
