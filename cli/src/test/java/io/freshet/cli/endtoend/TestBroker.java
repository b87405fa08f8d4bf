package io.freshet.cli.endtoend;

import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The broker of one test class, with methods to create topics, write and read them, and run a job. */
record TestBroker(EmbeddedKafka kafka) implements AutoCloseable {
    private static final int LARGEST_RECORD = 16 << 20;

    static TestBroker start() {
        return new TestBroker(EmbeddedKafka.startTemporary());
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** Returns a bounded job that learns all samples. */
    KafkaTrainer trainer(Topics topics, List<ModelSpec> specs) {
        return trainer(topics, specs, RecordFormat.avro());
    }

    KafkaTrainer trainer(Topics topics, List<ModelSpec> specs, RecordFormat format) {
        return new KafkaTrainer(
                KafkaCluster.at(bootstrapServers()),
                topics,
                OffsetsInitializer.earliest(),
                true,
                new SpecTopic(specs, 0),
                format);
    }

    /** Creates the trainer's topics without compaction, so that a test sees every record ever written. */
    void create(Topics topics, int partitions) throws Exception {
        create(TopicPlan.of(topics, partitions), Map.of("max.message.bytes", Integer.toString(LARGEST_RECORD)));
    }

    /** Creates the topics of the trainer and of the join. */
    void createLoop(Topics topics, int partitions) throws Exception {
        create(topics, partitions);
        create(TopicPlan.loop(topics, partitions), Map.of());
    }

    void create(List<TopicPlan> plans, Map<String, String> settings) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            admin.createTopics(plans.stream()
                            .map(plan -> new NewTopic(plan.name(), plan.partitions(), (short) 1).configs(settings))
                            .toList())
                    .all()
                    .get();
        }
    }

    /** Creates all topics with one partition, and sends the samples in order. */
    void create(Topics topics, List<byte @Nullable []> samples) throws Exception {
        create(topics, 1);
        send(topics.samples(), 0, samples);
    }

    /** Sends records in order; returns once the broker has them all. */
    void send(String topic, int partition, List<byte @Nullable []> values) throws Exception {
        Map<String, Object> settings = Map.of("max.request.size", LARGEST_RECORD);
        try (KafkaProducer<byte[], byte[]> producer =
                KafkaOptions.of(bootstrapServers()).producer(settings)) {
            List<Future<?>> sent = new ArrayList<>();
            for (byte[] value : values) {
                sent.add(producer.send(new ProducerRecord<>(topic, partition, null, value)));
            }
            for (Future<?> each : sent) {
                each.get();
            }
        }
    }

    /** Returns a reader of committed records at the beginning of a topic. */
    TopicReader follow(String topic) throws Exception {
        return TopicReader.open(KafkaOptions.of(bootstrapServers()), topic);
    }

    /** Returns all committed records of a topic. */
    List<ConsumerRecord<byte[], byte[]>> readAll(String topic) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicReader reader = follow(topic)) {
            reader.readToEnd(records::add);
        }
        return records;
    }

    /** Returns the last snapshot of each model key, by address. */
    Map<String, PublishedSnapshot> last(String topic) throws Exception {
        Map<String, PublishedSnapshot> last = new TreeMap<>();
        SnapshotReader reader = new SnapshotReader();
        for (ConsumerRecord<byte[], byte[]> record : readAll(topic)) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            if (change != null && change.snapshot() != null) {
                last.put(change.key().modelKey(), change.snapshot());
            } else if (change != null) {
                last.remove(change.key().modelKey());
            }
        }
        return last;
    }

    @Override
    public void close() {
        kafka.close();
    }
}
