package io.freshet.job.topology;

import io.freshet.job.join.JoinInput;
import io.freshet.job.join.JoinTopics;
import io.freshet.job.join.KafkaLogEnds;
import io.freshet.job.join.TimedSource;
import io.freshet.job.join.decode.JoinChangeReader;
import io.freshet.job.join.decode.JoinRecord;
import io.freshet.job.join.decode.JoinRecordReader;
import io.freshet.job.join.decode.JoinTiming;
import io.freshet.job.join.decode.RequestFormat;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.source.TopicMetadata;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.schemas.kafka.Topics;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;

/**
 * The join on Kafka: its topics as sources and sinks, with their client settings.
 *
 * @param kafka the cluster of all topics
 * @param topics to write, and the models topic
 * @param read topics of requests and outcomes
 * @param start where to start in them without a checkpoint
 * @param specs contents of the models topic
 */
public record KafkaJoin(KafkaCluster kafka, Topics topics, JoinTopics read, OffsetsInitializer start, SpecTopic specs) {
    /** Start of the names of its consumer group and transactions, after the prefix of the topics. */
    public static final String NAME = "-join";

    /**
     * Returns the sources.
     *
     * @throws org.apache.kafka.common.KafkaException if a topic does not exist or no broker responds
     */
    public JoinSources sources(RequestFormat format, JoinTiming timing) {
        List<String> topicsToRead = List.of(read.requests(), read.outcomes());
        for (String topic : topicsToRead) {
            TopicMetadata.partitions(kafka, topic);
        }
        Properties consumer = properties("records");
        TimedSource<JoinRecord> records = new TimedSource<>(
                topicsToRead,
                start,
                new JoinRecordReader(read, format, timing, InstantSource.system()),
                consumer,
                timing.source(),
                () -> new KafkaLogEnds(topicsToRead, consumer));
        return new JoinSources(read, records.gatedBy(format.gate(read.requests())), format, timing, models());
    }

    private JoinSources.Specs models() {
        KafkaSource<JoinInput> changes = KafkaSource.<JoinInput>builder()
                .setTopics(topics.models())
                .setStartingOffsets(
                        OffsetsInitializer.offsets(Map.of(new TopicPartition(topics.models(), 0), specs.end())))
                .setDeserializer(new JoinChangeReader())
                .setProperties(properties("models"))
                .build();
        return new JoinSources.Specs(new SpecRegistry(specs.specs(), specs.parts()), changes);
    }

    private Properties properties(String client) {
        Properties properties = new KafkaClients(kafka).sourceProperties();
        properties.putIfAbsent(KafkaSourceOptions.CLIENT_ID_PREFIX.key(), topics.prefix() + NAME + "-" + client);
        properties.putIfAbsent(ConsumerConfig.GROUP_ID_CONFIG, topics.prefix() + NAME);
        return properties;
    }

    /**
     * Returns the sinks.
     *
     * @throws org.apache.kafka.common.KafkaException if a topic does not exist or no broker responds
     */
    public JoinSinks sinks() {
        for (String topic : List.of(topics.samples(), topics.unjoined(), topics.metrics(), topics.deadLetters())) {
            TopicMetadata.partitions(kafka, topic);
        }
        KafkaClients clients = new KafkaClients(kafka);
        return new JoinSinks(
                clients.transactional(topics.samples(), topics.prefix() + NAME),
                clients.lingering(topics.unjoined(), topics.unjoined()),
                clients.lingering(topics.metrics(), topics.metrics()),
                clients.lingering(topics.deadLetters(), topics.deadLetters()));
    }
}
