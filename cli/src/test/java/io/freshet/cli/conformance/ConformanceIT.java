package io.freshet.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Run;
import io.freshet.cli.embedded.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.topic.Topics;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.VersionLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our own server against our own suite, over both protocols. */
@Timeout(120)
class ConformanceIT {
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy," + " features: {numeric: [a, b]}}");
    private static final ModelSpec SHOPS =
            ModelSpec.parse("{name: shops, key: shop, label: y, loss: binary-cross-entropy, features: {numeric: [a]}}");

    @TempDir
    Path directory;

    @Test
    void the_server_passes_every_check() throws Exception {
        String token = Files.writeString(directory.resolve("token"), "s3cret\n").toString();
        Topics topics = Topics.of("conform");
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
                Producer<byte[], byte[]> producer =
                        KafkaOptions.of(kafka.bootstrapServers()).producer(Map.of())) {
            Run.at(kafka.bootstrapServers(), topics.prefix(), "topics", "create")
                    .done();
            for (Snapshot snapshot : List.of(snapshot(SPEC, ""), snapshot(SHOPS, "S 1"))) {
                for (KeyedBytes record :
                        new SnapshotCodec().write(snapshot, topics.samples(), System.currentTimeMillis(), "0.1.0")) {
                    producer.send(new ProducerRecord<>(topics.parameters(), record.key(), record.value()))
                            .get();
                }
            }
            try (ModelServer server = ModelServer.start(ServerOptions.of(kafka.bootstrapServers())
                    .withPrefix(topics.prefix())
                    .withAddress("127.0.0.1", 0)
                    .withToken("s3cret")
                    .withServing(new ServerOptions.Serving(
                            UnknownKeys.ERROR, Map.of(), VersionLimits.DEFAULT, null, List.of(), true)))) {
                String url = "http://127.0.0.1:" + server.port();
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                    Run run = Run.of("conformance", "--url", url, "--model", "m", "--token-file", token);

                    assertThat(run.out()).as(run.err()).contains("33 passed, 0 failed, 0 skipped");
                    assertThat(run.code()).isZero();
                });
                assertModelWithKeysPasses(url, token);
                assertThat(Run.of("conformance", "--url", url, "--model", "nobody", "--token-file", token)
                                .code())
                        .isEqualTo(1);
            }
        }
    }

    private static void assertModelWithKeysPasses(String url, String token) {
        String[] shops = {"conformance", "--url", url, "--model", "shops", "--token-file", token, "--text", "shop=S 1"};
        Run run = Run.of(shops);
        assertThat(run.out()).as(run.err()).contains("33 passed, 0 failed, 0 skipped");

        Run withoutKey = Run.of(Arrays.copyOf(shops, 7));
        assertThat(withoutKey.code()).isEqualTo(2);
        assertThat(withoutKey.err())
                .contains("--text: missing (expected: shop=VALUE, a key that model shops has learned)");
    }

    private static Snapshot snapshot(ModelSpec spec, String key) {
        return new Snapshot(
                spec,
                key,
                1,
                1,
                new float[spec.parameterCount()],
                spec.features().standardizer().start(),
                new Lineage(new int[] {0}, new long[1], new long[] {1}, 1_790_000_000_000L, 1, List.of()),
                new long[0],
                null);
    }
}
