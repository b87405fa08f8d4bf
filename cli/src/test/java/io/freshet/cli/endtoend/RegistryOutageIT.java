package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.freshet.job.TestStream;
import io.freshet.job.source.RegistryAddress;
import io.freshet.job.source.RegistryClient;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.wire.Sample;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a job that, restarted while the schema registry is down, turns valid records into dead letters, fails repeatedly,
 * or ends with other parameters than a plain loop over the samples.
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
    private static final List<byte[]> SAMPLES = TestStream.values(20_000);

    @AutoClose
    private static TestBroker broker;

    private final AtomicInteger refused = new AtomicInteger();

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @Test
    void a_restart_waits_for_the_registry_and_then_learns_the_same_bits() throws Exception {
        Topics topics = Topics.of("outage");
        broker.create(topics, SAMPLES.stream().map(RegistryOutageIT::framed).toList());
        CompletableFuture<Void> requested = new CompletableFuture<>();
        HttpServer registry = registry(exchange -> {
            answer(exchange);
            requested.complete(null);
        });
        int port = registry.getAddress().getPort();
        try (FaultyRun run = FaultyRun.start(trainer(topics, port), directory, 1, 1)) {
            // The readers have the schema now; the fault happens later, after a checkpoint.
            requested.get();
            registry.stop(0);
            await().atMost(Duration.ofSeconds(60)).until(() -> FaultyReader.failures() == 1);
            registry = registry(port, this::refuseAtFirst);
            run.awaitEnd();
            assertThat(failures(run))
                    .singleElement()
                    .satisfies(failure ->
                            assertThat(failure.get("stacktrace").asText()).contains("a fault at offset"));
        } finally {
            registry.stop(0);
        }
        assertThat(refused.get()).isGreaterThan(REFUSALS);
        assertThat(broker.readAll(topics.deadLetters())).isEmpty();
        SampleOracle.assertLearned(broker.last(topics.parameters()), SPECS, SAMPLES);
    }

    private static KafkaTrainer trainer(Topics topics, int port) {
        RegistryAddress address = RegistryAddress.of("http://127.0.0.1:" + port, null, null);
        RegistryClient client = RegistryClient.waiting(address).withFirstPause(Duration.ofMillis(5));
        return broker.trainer(topics, SPECS, new RecordFormat.Confluent(RecordFields.NONE, client));
    }

    /** Starts a registry on a port it can reuse: below the ephemeral range, which the system assigns to connections. */
    private static HttpServer registry(HttpHandler handler) throws IOException {
        SplittableRandom random = new SplittableRandom(System.nanoTime());
        while (true) {
            try {
                return registry(random.nextInt(20_000, 32_000), handler);
            } catch (BindException e) {
                // Taken: try another one.
            }
        }
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

    /** Returns the failures that restarted the job, from Flink's REST API. */
    private static List<JsonNode> failures(FaultyRun run) throws Exception {
        JsonNode exceptions = new ObjectMapper()
                .readTree(run.cluster()
                        .webAddress()
                        .resolve("/jobs/" + run.job() + "/exceptions")
                        .toURL());
        List<JsonNode> entries = new ArrayList<>();
        exceptions.get("exceptionHistory").get("entries").forEach(entries::add);
        return entries;
    }

    /** Returns a sample in the Confluent wire format, with schema id 1. */
    private static byte[] framed(byte[] sample) {
        ByteBuffer framed = ByteBuffer.allocate(5 + sample.length - SINGLE_OBJECT_HEADER);
        framed.put((byte) 0).putInt(1);
        framed.put(sample, SINGLE_OBJECT_HEADER, sample.length - SINGLE_OBJECT_HEADER);
        return framed.array();
    }
}
