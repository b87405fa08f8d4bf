package io.freshet.job.source;

import java.util.stream.Collectors;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;

/** Pauses what {@link Pauses} decides. Every subtask and every reader reports when it starts. */
final class DemandEnumerator extends PausingEnumerator {
    private final String topic;
    private final Pauses pauses;

    DemandEnumerator(
            SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka,
            SplitEnumeratorContext<KafkaPartitionSplit> context,
            String topic,
            int partitions) {
        super(kafka, context);
        this.topic = topic;
        pauses = new Pauses(partitions);
    }

    @Override
    protected boolean receive(int subtask, SourceEvent event) {
        if (event instanceof DemandEvent changed) {
            pauses.demand(changed.operator(), subtask, changed.demand());
        } else if (event instanceof ReadingEvent changed) {
            pauses.reading(subtask, changed.partitions());
        } else {
            return false;
        }
        pause(pauses.paused().stream()
                .map(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toSet()));
        return true;
    }
}
