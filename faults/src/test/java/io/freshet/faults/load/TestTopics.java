package io.freshet.faults.load;

import io.freshet.cli.kafka.TopicPlan;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Creates the topics of a job without compaction, so that the test sees every record ever written. */
public final class TestTopics {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** The broker compresses each record of the rounds topic again, which gives time to kill a sender between two parts. */
    private static final Map<String, String> SLOW = Map.of("compression.type", "gzip");

    private TestTopics() {}

    /** Creates the topics and applies the specifications; waits for the broker to start. */
    public static void create(String bootstrapServers, Topics topics, int partitions, List<ModelSpec> specs)
            throws Exception {
        int millis = (int) PATIENCE.toMillis();
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", bootstrapServers, "default.api.timeout.ms", Integer.toString(millis)))) {
            admin.createTopics(TopicPlan.of(topics, partitions).stream()
                            .map(plan -> new NewTopic(plan.name(), plan.partitions(), (short) 1)
                                    .configs(plan.name().equals(topics.rounds()) ? SLOW : Map.of()))
                            .toList())
                    .all()
                    .get();
        }
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            ModelSpecCodec codec = new ModelSpecCodec();
            for (ModelSpec spec : specs) {
                KeyedBytes applied = codec.write(spec, 0);
                producer.send(new ProducerRecord<>(topics.models(), applied.key(), applied.value()))
                        .get();
            }
        }
    }
}
