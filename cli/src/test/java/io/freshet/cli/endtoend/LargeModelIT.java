package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.dev.LocalCluster;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Catches a model of 2^20 coordinates that is published in full each time, or served with blocks of two versions. */
class LargeModelIT {
    private static final int BLOCKS = 65;
    private static final String SPEC = """
            {name: large, label: y, features: {categorical: [c], hashBits: 20},
             loss: binary-cross-entropy, optimizer: {type: ftrl},
             publish: {everySamples: 200, everyMillis: 60000, minimumMillis: 0, fullEvery: 10, lane: %s}}
            """;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"eager", "committed"})
    void publishes_and_serves_a_model_of_a_million_coordinates_in_blocks(String lane) throws Exception {
        ModelSpec spec = ModelSpec.parse(SPEC.formatted(lane));
        List<byte[]> samples = samples(6_050);
        Topics topics = Topics.of(lane);
        try (TestBroker broker = TestBroker.start()) {
            broker.create(topics, samples);
            ServerOptions options =
                    ServerOptions.of(broker.bootstrapServers()).withPrefix(lane).withAddress("127.0.0.1", 0);
            try (ModelServer following = ModelServer.start(options)) {
                train(broker, topics, spec);
                Snapshot last = SampleOracle.last(List.of(spec), samples).get("large/");
                assertServes(following, last);
                try (ModelServer late = ModelServer.start(options)) {
                    assertServes(late, last);
                }
            }
            List<ConsumerRecord<byte[], byte[]>> records =
                    broker.readAll(lane.equals("eager") ? topics.parameters() : topics.committed());
            int blocks = 0;
            for (ConsumerRecord<byte[], byte[]> record : records) {
                blocks += ParameterKey.parse(record.key()).block() == ParameterKey.SNAPSHOT ? 0 : 1;
            }
            int snapshots = records.size() - blocks;
            assertThat(snapshots).isPositive();
            if (lane.equals("eager")) {
                assertThat(snapshots).isEqualTo(31);
                assertThat(blocks).isBetween(4 * BLOCKS, 4 * BLOCKS + 27 * 13);
            }
        }
    }

    private void train(TestBroker broker, Topics topics, ModelSpec spec) throws Exception {
        KafkaTrainer trainer = broker.trainer(topics, List.of(spec));
        try (LocalCluster cluster = LocalCluster.start(directory, 1)) {
            JobID job = cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofMillis(100));
            assertThat(cluster.result(job).get().isSuccess()).isTrue();
        }
    }

    /** Asserts that the server reports this snapshot's version and checksum. */
    private void assertServes(ModelServer server, Snapshot snapshot) {
        String checksum = FloatBytes.checksumText(FloatBytes.checksum(snapshot.parameters()));
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(get(server, "/v2/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(server, "/v2/models/large").body())
                    .contains("\"" + snapshot.version() + "\"")
                    .contains(checksum);
        });
    }

    private HttpResponse<String> get(ModelServer server, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Twelve categories: each sample changes the block of its category and the block of the bias. */
    private static List<byte[]> samples(int count) {
        SplittableRandom random = new SplittableRandom(11);
        SampleWriter writer = new SampleWriter();
        List<byte[]> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int c = random.nextInt(12);
            double label = random.nextInt(12) < c ? 1 : 0;
            samples.add(writer.write("", "", 1_000L + i, Map.of("y", label), Map.of("c", "c" + c)));
        }
        return samples;
    }
}
