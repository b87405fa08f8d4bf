package io.freshet.cli.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topics of one prefix, a job that learns from them, and the {@code freshet} command. */
record LineageRun(EmbeddedKafka kafka, Topics topics, Path directory) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static LineageRun create(EmbeddedKafka kafka, String prefix, int partitions, Path directory) {
        LineageRun run = new LineageRun(kafka, Topics.of(prefix), directory);
        run.done("topics", "create", "--partitions", Integer.toString(partitions));
        return run;
    }

    void apply(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("spec.yaml"), yaml);
        done("apply", "-f", file.toString());
    }

    void createTopic(String name, int partitions) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    /** Returns the records of the samples topic, in order within each partition. */
    List<ConsumerRecord<byte[], byte[]>> samples() throws Exception {
        return records(topics.samples());
    }

    /** Returns the records of a topic, in order within each partition. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(KafkaOptions.of(kafka.bootstrapServers()), topic)) {
            reader.readToEnd(records::add);
        }
        return records;
    }

    void send(List<ProducerRecord<byte[], byte[]>> records) {
        // On a topic just created, a second batch in flight can overtake a first one that is retried.
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.in.flight.requests.per.connection", "1"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            records.forEach(producer::send);
        }
    }

    ProducerRecord<byte[], byte[]> sample(int partition, byte[] value) {
        return new ProducerRecord<>(topics.samples(), partition, null, value);
    }

    /** Returns a sample for one model only. */
    ProducerRecord<byte[], byte[]> sampleFor(String model, byte[] value) {
        ProducerRecord<byte[], byte[]> record = sample(0, value);
        record.headers().add("freshet.model", model.getBytes(UTF_8));
        return record;
    }

    /** Starts the job with the applied specifications. */
    JobID submit(LocalCluster cluster, boolean bounded, RecordFormat format) throws Exception {
        KafkaTrainer trainer = new KafkaTrainer(
                KafkaCluster.at(kafka.bootstrapServers()),
                topics,
                OffsetsInitializer.earliest(),
                bounded,
                SpecTopic.read(KafkaCluster.at(kafka.bootstrapServers()), topics.models(), bounded),
                format);
        return cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofMillis(200));
    }

    /** Learns to the end of the samples topic. */
    void learn(RecordFormat format) throws Exception {
        try (LocalCluster cluster = LocalCluster.start(Files.createTempDirectory(directory, "job"), 1)) {
            assertThat(cluster.result(submit(cluster, true, format)).get().isSuccess())
                    .isTrue();
        }
    }

    /** Returns the snapshots that {@code freshet history} lists, the newest last. */
    List<JsonNode> history(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("history", "--output", "json", "--limit", "100000"));
        all.addAll(List.of(arguments));
        Run run = run(all.toArray(String[]::new));
        List<JsonNode> entries = new ArrayList<>();
        if (run.code() == 0) {
            JSON.readTree(run.out()).forEach(entries::add);
        }
        return entries;
    }

    /**
     * Waits until the parameters of the newest version are published: a job that is stopped may have written its history only.
     *
     * @param model arguments of {@code freshet replay} that choose a model, and perhaps its key
     */
    void awaitPublished(String... model) {
        List<String> all = new ArrayList<>(List.of("replay"));
        all.addAll(List.of(model));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> run(all.toArray(String[]::new)).out().contains("compared with the published parameters"));
    }

    Run run(String... arguments) {
        return Run.at(kafka.bootstrapServers(), topics.prefix(), arguments);
    }

    Run done(String... arguments) {
        return run(arguments).done();
    }

    JsonNode json(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--output", "json"));
        return JSON.readTree(run(all.toArray(String[]::new)).out());
    }
}
