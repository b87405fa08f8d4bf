package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Run;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.features.Stage;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.schemas.loop.ServedScore;
import io.freshet.schemas.sample.SampleReader;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a loop with a missing link: an answer that is not logged, joined, learned, or scored. */
@Timeout(420)
class DemoLoopIT {
    private static final Pattern KAFKA = Pattern.compile("--bootstrap-servers (\\S+)\\R");
    private static final String SAMPLES = "freshet.samples";
    private static final String METRICS = "freshet.metrics";

    @Test
    void flights_are_answered_joined_with_their_outcomes_learned_and_scored() throws Exception {
        StringWriter out = new StringWriter();
        CompletableFuture<Run> ended = new CompletableFuture<>();
        Thread demo = new Thread(
                () -> ended.complete(
                        Run.to(out, "demo", "--loop", "--rate", "100", "--no-browser", "--port", freePort())),
                "demo");
        demo.start();
        try {
            assertEveryStep(out, ended);
        } finally {
            demo.interrupt();
            ended.get(60, TimeUnit.SECONDS);
        }
    }

    private static void assertEveryStep(StringWriter out, CompletableFuture<Run> ended) throws Exception {
        await().atMost(Duration.ofMinutes(3))
                .until(() -> ended.isDone() || out.toString().contains("first joined sample after "));
        assertThat(ended).as(() -> ended.join().err()).isNotDone();
        assertThat(out.toString()).contains("first answer after ", "first outcome after ");
        Matcher kafka = KAFKA.matcher(out.toString());
        assertThat(kafka.find()).isTrue();
        String bootstrapServers = kafka.group(1);

        awaitEveryStage(bootstrapServers);
        awaitServedScore(bootstrapServers);
        Run replay = Run.of("replay", "delays-loop", "--bootstrap-servers", bootstrapServers);
        assertThat(replay.code()).as(replay.out() + replay.err()).isZero();
        assertThat(replay.out()).contains("identical: ");
    }

    /** Waits until flights went through each stage of the loop; each has one first sample and at most one close. */
    private static void awaitEveryStage(String bootstrapServers) throws Exception {
        SampleReader reader = new SampleReader();
        Map<Stage, Map<String, Integer>> byStage = new EnumMap<>(Stage.class);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers, SAMPLES)) {
            await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
                for (ConsumerRecord<byte[], byte[]> sample : consumer.poll(Duration.ofMillis(100))) {
                    SampleReader.Fields fields = reader.read(sample.value());
                    byStage.computeIfAbsent(fields.header().stage(), stage -> new HashMap<>())
                            .merge(fields.header().id(), 1, Integer::sum);
                }
                assertThat(byStage).containsOnlyKeys(Stage.OPEN, Stage.CHANGED, Stage.CLOSED);
            });
        }
        assertThat(byStage.get(Stage.OPEN).values()).containsOnly(1);
        assertThat(byStage.get(Stage.CLOSED).values()).containsOnly(1);
        assertThat(byStage.get(Stage.OPEN))
                .containsKeys(byStage.get(Stage.CLOSED).keySet().toArray(String[]::new));
        assertThat(byStage.get(Stage.OPEN))
                .containsKeys(byStage.get(Stage.CHANGED).keySet().toArray(String[]::new));
    }

    private static void awaitServedScore(String bootstrapServers) throws Exception {
        JoinReportCodec codec = new JoinReportCodec();
        List<JoinReport> reports = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers, METRICS)) {
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                for (ConsumerRecord<byte[], byte[]> metric : consumer.poll(Duration.ofMillis(100))) {
                    if (JoinReportCodec.isReport(metric.key()) && metric.value() != null) {
                        reports.add(codec.read(metric.value()));
                    }
                }
                assertThat(reports).anySatisfy(DemoLoopIT::assertScored);
            });
        }
    }

    private static void assertScored(JoinReport report) {
        assertThat(report.model()).isEqualTo("delays-loop");
        assertThat(report.counts().get(JoinCount.JOINED)).isPositive();
        ServedScore all = report.scores().get(0);
        assertThat(all.dimension()).isEmpty();
        assertThat(all.total()).isNotNull();
        assertThat(all.totalExpected()).isNotNull();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, String topic) throws Exception {
        KafkaConsumer<byte[], byte[]> consumer =
                KafkaOptions.of(bootstrapServers).consumer();
        consumer.assign(List.of(new TopicPartition(topic, 0)));
        consumer.seekToBeginning(consumer.assignment());
        return consumer;
    }

    private static String freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(socket.getLocalPort());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --server http://localhost:1         | --server: given (expected: only with --loop)
        --loop --token-file t               | --token-file: given (expected: only with --server)
        --loop --replicas 2                 | --replicas: 2 (expected: none beside --loop)
        --loop --rate 10001                 | --rate: 10001 (expected: from 1 to 10000)
        --loop --server localhost           | --server: localhost (expected: http://host:port)
        """)
    void refuses_options_that_do_not_fit_together(String options, String message) {
        List<String> arguments = new ArrayList<>(List.of("demo", "--no-browser"));
        arguments.addAll(List.of(options.split(" ")));
        Run run = Run.of(arguments.toArray(String[]::new));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("freshet: " + message);
    }
}
