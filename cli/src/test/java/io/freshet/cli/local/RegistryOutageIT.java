package io.freshet.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.freshet.job.KafkaTrainer;
import io.freshet.job.SpecTopic;
import io.freshet.job.Topics;
import io.freshet.job.TrainerSources;
import io.freshet.job.decode.RegistryAddress;
import io.freshet.job.decode.RegistryClient;
import io.freshet.job.source.SourceRecord;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.SampleWriter;
import io.freshet.schemas.SnapshotReader;
import io.freshet.schemas.input.RecordFields;
import io.freshet.schemas.input.RecordFormat;
import io.freshet.wire.Sample;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a job that, started again while the schema registry is away, makes dead letters of good records, fails over and
 * over, or ends up with other parameters than a plain loop over the samples.
 */
@Timeout(120)
class RegistryOutageIT {
    private static final String SCHEMA_PATH = "/schemas/ids/1";
    private static final int SINGLE_OBJECT_HEADER = 10;
    private static final int REFUSALS = 30;
    private static final List<ModelSpec> SPECS = List.of(ModelSpec.parse("""
            {name: whole, label: y, features: {numeric: [a], categorical: [c], hashBits: 6},
             loss: binary-cross-entropy, optimizer: {type: rmsprop}}
            """));
    private static final List<byte[]> SAMPLES = samples(20_000);
    private static TestBroker broker;

    private final AtomicInteger refused = new AtomicInteger();

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        broker = TestBroker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void a_restart_without_the_registry_waits_and_learns_the_same_bits_once_it_is_back() throws Exception {
        Topics topics = Topics.of("outage");
        broker.create(topics, SAMPLES.stream().map(RegistryOutageIT::framed).toList());
        CompletableFuture<Void> asked = new CompletableFuture<>();
        HttpServer registry = registry(0, exchange -> {
            answer(exchange);
            asked.complete(null);
        });
        int port = registry.getAddress().getPort();
        FaultyReader.reset(1);
        try (LocalCluster cluster = LocalCluster.start(directory, 1)) {
            KafkaTrainer trainer = trainer(topics, port);
            JobID job = cluster.submit(failing(trainer.sources()), trainer.sinks(), Duration.ofMillis(50));
            CompletableFuture<JobResult> result = cluster.result(job);
            // Those who read by the schema have it; the fault comes later, after a checkpoint.
            asked.get();
            registry.stop(0);
            await().atMost(Duration.ofSeconds(60)).until(() -> FaultyReader.failures() == 1);
            registry = registry(port, this::refuseAtFirst);
            assertThat(result.get().isSuccess()).isTrue();
            assertThat(failures(cluster, job))
                    .singleElement()
                    .satisfies(failure ->
                            assertThat(failure.get("stacktrace").asText()).contains("a fault at offset"));
        } finally {
            registry.stop(0);
        }
        assertThat(refused.get()).isGreaterThan(REFUSALS);
        assertThat(FaultyReader.resumedAt()).as("offset of the restart").isBetween(1L, SAMPLES.size() - 1L);
        assertThat(broker.readAll(topics.deadLetters())).isEmpty();
        assertThat(published(topics)).isEqualTo(oracle());
    }

    private static KafkaTrainer trainer(Topics topics, int port) {
        RegistryAddress address = RegistryAddress.of("http://127.0.0.1:" + port, null, null);
        return new KafkaTrainer(
                broker.bootstrapServers(),
                topics,
                OffsetsInitializer.earliest(),
                true,
                new SpecTopic(SPECS, 0),
                new RecordFormat.Confluent(
                        RecordFields.NONE, RegistryClient.waiting(address).withFirstPause(Duration.ofMillis(5))),
                Map.of());
    }

    private TrainerSources failing(TrainerSources of) {
        KafkaSource<SourceRecord> samples = KafkaSource.<SourceRecord>builder()
                .setBootstrapServers(broker.bootstrapServers())
                .setTopics(of.topic())
                .setDeserializer(new FaultyReader(directory.resolve("checkpoints")))
                .setBounded(OffsetsInitializer.latest())
                .setProperty("max.poll.records", "50")
                .build();
        return of.withSamples(samples);
    }

    private static HttpServer registry(int port, HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext(SCHEMA_PATH, handler);
        server.start();
        return server;
    }

    private void refuseAtFirst(HttpExchange exchange) throws IOException {
        if (refused.incrementAndGet() > REFUSALS) {
            answer(exchange);
        } else {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        }
    }

    private static void answer(HttpExchange exchange) throws IOException {
        Map<String, String> answer = Map.of("schema", Sample.getClassSchema().toString());
        byte[] json = new ObjectMapper().writeValueAsBytes(answer);
        exchange.sendResponseHeaders(200, json.length);
        exchange.getResponseBody().write(json);
        exchange.close();
    }

    /** Returns what made the job start again, as Flink's REST interface tells. */
    private static List<JsonNode> failures(LocalCluster cluster, JobID job) throws Exception {
        JsonNode told = new ObjectMapper()
                .readTree(cluster.webAddress()
                        .resolve("/jobs/" + job + "/exceptions")
                        .toURL());
        List<JsonNode> entries = new ArrayList<>();
        told.get("exceptionHistory").get("entries").forEach(entries::add);
        return entries;
    }

    private static Map<String, Integer> published(Topics topics) throws Exception {
        Map<String, Integer> bits = new HashMap<>();
        SnapshotReader reader = new SnapshotReader();
        for (ConsumerRecord<byte[], byte[]> record : broker.readAll(topics.parameters())) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            if (change != null && change.snapshot() != null) {
                bits.put(
                        change.key().address(),
                        Arrays.hashCode(change.snapshot().snapshot().parameters()));
            }
        }
        return bits;
    }

    private static Map<String, Integer> oracle() throws Exception {
        Map<String, Integer> bits = new HashMap<>();
        SampleOracle.learn(SPECS, SAMPLES, (address, after) -> {
            if (after.version() == SAMPLES.size()) {
                bits.put(address, Arrays.hashCode(after.take().parameters()));
            }
        });
        return bits;
    }

    /** Returns a sample in Confluent's frame, by schema 1. */
    private static byte[] framed(byte[] sample) {
        ByteBuffer framed = ByteBuffer.allocate(5 + sample.length - SINGLE_OBJECT_HEADER);
        framed.put((byte) 0).putInt(1);
        framed.put(sample, SINGLE_OBJECT_HEADER, sample.length - SINGLE_OBJECT_HEADER);
        return framed.array();
    }

    private static List<byte[]> samples(int count) {
        SplittableRandom random = new SplittableRandom(17);
        SampleWriter writer = new SampleWriter();
        List<byte[]> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double a = random.nextDouble(-3, 3);
            double label = a + random.nextDouble() > 0.5 ? 1 : 0;
            Map<String, String> texts = Map.of("c", "c" + random.nextInt(20));
            samples.add(writer.write("", "", 1_000L + i, Map.of("a", a, "y", label), texts));
        }
        return samples;
    }
}
