package io.freshet.cli.models;

import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code freshet apply} with a broker, and reads what a job would start with. */
@Timeout(120)
abstract class ApplyRun {
    static final String SPEC = """
            name: delays
            label: late
            features: {numeric: [miles], categorical: [origin], hashBits: 4}
            loss: binary-cross-entropy
            """;

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    @AutoClose
    static EmbeddedKafka kafka;

    final String prefix = "apply" + PREFIXES.incrementAndGet();

    @TempDir
    Path directory;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @BeforeEach
    void create() {
        done("topics", "create", "--partitions", "1");
    }

    void send(String topic, List<KeyedBytes> records) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (KeyedBytes record : records) {
                producer.send(new ProducerRecord<>(prefix + topic, record.key(), record.value()))
                        .get();
            }
        }
    }

    /** Returns the specifications that a job would start with. */
    List<ModelSpec> applied() {
        return SpecTopic.read(KafkaCluster.at(kafka.bootstrapServers()), prefix + ".models", false)
                .specs();
    }

    Run apply(String yaml) throws IOException {
        return done("apply", "-f", file(yaml));
    }

    String file(String yaml) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "spec", ".yaml"), yaml)
                .toString();
    }

    Run done(String... arguments) {
        return run(arguments).done();
    }

    Run run(String... arguments) {
        return Run.at(kafka.bootstrapServers(), prefix, arguments);
    }
}
