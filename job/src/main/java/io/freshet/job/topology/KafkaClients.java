package io.freshet.job.topology;

import io.freshet.job.publish.OutputRecordWriter;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.source.KafkaCluster;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The sinks of a job's topics, and the settings of its Kafka clients. */
record KafkaClients(KafkaCluster kafka) {
    /** The default maximum of brokers. A job that is down for longer loses its uncommitted records. */
    private static final String TRANSACTION_TIMEOUT_MILLIS = "900000";

    /** Wait for more records in the topics that nobody waits for: a request costs more than a record. */
    private static final String RECORDS_LINGER_MILLIS = "100";

    /** Returns the sink of a topic. */
    KafkaSink<OutputRecord> sink(String topic) {
        return builder(topic, topic, producerProperties()).build();
    }

    /** Returns the sink of a topic that nobody waits for. A checkpoint sends what waits. */
    KafkaSink<OutputRecord> lingering(String topic, String copies) {
        return builder(topic, copies, lingeringProperties()).build();
    }

    /**
     * Returns the sink of a topic that has each record once: readers of committed records see those of completed checkpoints.
     *
     * @param transactions start of the names of its transactions
     */
    KafkaSink<OutputRecord> transactional(String topic, String transactions) {
        return builder(topic, topic, producerProperties())
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(transactions)
                .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                .build();
    }

    private KafkaSinkBuilder<OutputRecord> builder(String topic, String copies, Properties producer) {
        return KafkaSink.<OutputRecord>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setRecordSerializer(new OutputRecordWriter(topic, copies))
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setKafkaProducerConfig(producer);
    }

    private Properties lingeringProperties() {
        Properties properties = producerProperties();
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, RECORDS_LINGER_MILLIS);
        return properties;
    }

    Properties producerProperties() {
        return kafka.properties(Map.of(
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                "true",
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                TRANSACTION_TIMEOUT_MILLIS));
    }

    /** Returns the consumer settings of all sources. */
    Properties sourceProperties() {
        return kafka.properties(Map.of(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                "5000",
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                "4194304"));
    }
}
