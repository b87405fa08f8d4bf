package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.dev.LocalCluster;
import io.freshet.job.join.JoinTopics;
import io.freshet.job.join.decode.JoinTiming;
import io.freshet.job.join.decode.RequestFormat;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.JoinTopology;
import io.freshet.job.topology.KafkaJoin;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.schemas.loop.ServedScore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch an answer that is scored against another prediction or label than its own, or under another slice. */
@Timeout(180)
class ServedScoresIT {
    private static final int REQUESTS = 1_000;
    private static final long SEED = 20261201;
    private static final ModelSpec SPEC = ModelSpec.parse("""
            {name: ctr, label: y, features: {numeric: [a], categorical: [origin]}, loss: binary-cross-entropy,
             evaluation: {window: 100}, join: {within: 2s, after: 500ms, grace: 10m, slices: [origin]}}
            """);

    @AutoClose
    private static final TestBroker BROKER = TestBroker.start();

    @TempDir
    Path directory;

    /** @param delay until its outcome; null without one */
    private record Served(
            String id,
            long time,
            double prediction,
            String origin,
            @Nullable String label,
            @Nullable Long delay) {
        static List<Served> random(long start) {
            SplittableRandom random = new SplittableRandom(SEED);
            List<Served> served = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                float p = (float) random.nextDouble(0.01, 0.99);
                served.add(new Served(
                        "r" + i,
                        start + i,
                        Double.parseDouble(Float.toString(p)),
                        random.nextBoolean() ? "SEA" : "JFK",
                        random.nextInt(10) == 0 ? "canary" : null,
                        random.nextDouble() < p ? (Long) random.nextLong(0, 2_001) : null));
            }
            return served;
        }

        byte[] answer() {
            return """
                    {"id":"%s","row":0,"time":%d,"event_time":%d,"model":"ctr","key":null,"version":7,"lane":"eager","version_label":%s,\
                    "share":null,"age_millis":1500,"shadow":false,"outputs":{"prediction":%s,"class":0},"fields":{"a":1,"origin":"%s"}}\
                    """.formatted(id, time + 5, time, label == null ? "null" : '"' + label + '"', prediction, origin)
                    .getBytes(UTF_8);
        }

        byte[] outcome() {
            return "{\"id\":\"%s\",\"value\":1,\"time\":%d}"
                    .formatted(id, time + Objects.requireNonNull(delay))
                    .getBytes(UTF_8);
        }
    }

    @Test
    void answers_are_scored_once_against_their_final_labels() throws Exception {
        Topics topics = Topics.of("served");
        BROKER.createLoop(topics, 2);
        List<Served> served = Served.random(System.currentTimeMillis() - 60_000);
        List<Served> clicked = served.stream().filter(one -> one.delay != null).toList();
        BROKER.send(
                topics.answers(),
                0,
                served.subList(0, 400).stream().map(Served::answer).toList());
        BROKER.send(
                topics.answers(),
                1,
                served.subList(400, REQUESTS).stream().map(Served::answer).toList());
        // Twice, and the later ones first.
        BROKER.send(
                topics.outcomes(),
                0,
                reversed(clicked).stream().map(Served::outcome).toList());
        BROKER.send(topics.outcomes(), 1, clicked.stream().map(Served::outcome).toList());
        List<JoinReport> reports = new ArrayList<>();
        try (LocalCluster cluster = LocalCluster.start(directory, 2, new Configuration())) {
            JobID job = start(cluster, topics);
            await("all requests closed").atMost(Duration.ofSeconds(90)).until(() -> {
                LocalCluster.requireNoFailure(cluster.result(job));
                reports.clear();
                reports.addAll(reports(topics));
                return scored(last(reports)) == REQUESTS;
            });
        }
        JoinReport last = Objects.requireNonNull(last(reports));
        assertThat(last.count(JoinCount.JOINED)).isEqualTo(clicked.size());
        assertThat(last.count(JoinCount.EXPIRED)).isEqualTo(REQUESTS - clicked.size());
        assertThat(last.count(JoinCount.UNSCORED)).isZero();
        assertThat(last.delays().lateShare())
                .isEqualTo((double) count(clicked, one -> one.delay > 500) / clicked.size());
        assertScore(last, "", "", served);
        assertScore(last, "age", "up to 10s", served);
        assertScore(last, "label", "canary", of(served, one -> "canary".equals(one.label)));
        assertScore(last, "label", "", of(served, one -> one.label == null));
        assertScore(last, "origin", "SEA", of(served, one -> one.origin.equals("SEA")));
        assertScore(last, "origin", "JFK", of(served, one -> one.origin.equals("JFK")));
        assertThat(reports.stream().filter(report -> report.window().ended()))
                .isNotEmpty()
                .allSatisfy(report -> assertThat(
                                Objects.requireNonNull(report.all()).window().samples())
                        .isEqualTo(SPEC.window()));
    }

    private static void assertScore(JoinReport report, String dimension, String value, List<Served> served) {
        ServedScore score = report.scores().stream()
                .filter(one -> one.dimension().equals(dimension) && one.value().equals(value))
                .findFirst()
                .orElseThrow(() -> new AssertionError(dimension + " " + value));
        double loss = 0;
        double expected = 0;
        for (Served one : served) {
            double p = one.prediction;
            loss -= Math.log(one.delay != null ? p : 1 - p);
            expected -= p * Math.log(p) + (1 - p) * Math.log(1 - p);
        }
        assertThat(score.total().samples()).as(value).isEqualTo(served.size());
        assertThat(score.total().loss()).as(value).isCloseTo(loss / served.size(), within(1e-6));
        assertThat(score.totalExpected()).as(value).isCloseTo(expected / served.size(), within(1e-6));
    }

    private static long scored(@Nullable JoinReport report) {
        return report == null ? 0 : report.answers();
    }

    /** Returns the last report with dimensions; null if there is none. */
    private static @Nullable JoinReport last(List<JoinReport> reports) {
        return reports.stream()
                .filter(JoinReport::hasDimensions)
                .reduce((first, second) -> second)
                .orElse(null);
    }

    private static List<Served> of(List<Served> served, Predicate<Served> which) {
        return served.stream().filter(which).toList();
    }

    private static long count(List<Served> served, Predicate<Served> which) {
        return served.stream().filter(which).count();
    }

    private static List<Served> reversed(List<Served> served) {
        List<Served> reversed = new ArrayList<>(served);
        Collections.reverse(reversed);
        return reversed;
    }

    private static JobID start(LocalCluster cluster, Topics topics) throws Exception {
        KafkaJoin join = new KafkaJoin(
                KafkaCluster.at(BROKER.bootstrapServers()),
                topics,
                JoinTopics.of(topics),
                OffsetsInitializer.earliest(),
                new SpecTopic(List.of(SPEC), 0));
        JoinTiming timing = new JoinTiming(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofMinutes(1));
        return cluster.submit(
                env -> JoinTopology.build(env, join.sources(new RequestFormat.Answers(), timing), join.sinks()),
                Duration.ofMillis(500));
    }

    private static List<JoinReport> reports(Topics topics) throws Exception {
        List<JoinReport> reports = new ArrayList<>();
        JoinReportCodec codec = new JoinReportCodec();
        for (ConsumerRecord<byte[], byte[]> record : BROKER.readAll(topics.metrics())) {
            if (record.value() != null && JoinReportCodec.isReport(record.key())) {
                reports.add(codec.read(record.value()));
            }
        }
        return reports;
    }
}
