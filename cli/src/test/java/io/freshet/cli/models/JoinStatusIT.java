package io.freshet.cli.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.server.Reported;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the commands show of a join that reports to a real broker. */
@Timeout(120)
class JoinStatusIT {
    @AutoClose
    private final EmbeddedKafka kafka = EmbeddedKafka.startTemporary();

    private final JoinReportCodec codec = new JoinReportCodec();

    @BeforeEach
    void apply(@TempDir Path directory) throws Exception {
        run("topics", "create");
        for (String join : List.of("", "join: {within: 1h, after: 0}\n")) {
            Path file = Files.writeString(
                    directory.resolve("model.yaml"), """
                    name: %s
                    label: y
                    features: {numeric: [x]}
                    loss: binary-cross-entropy
                    """.formatted(join.isEmpty() ? "plain" : "clicks") + join);
            run("apply", "-f", file.toString());
        }
    }

    @Test
    void status_describe_and_tail_show_a_join_and_its_problems() throws Exception {
        assertThat(run("status").out())
                .contains("model clicks: join never seen")
                .doesNotContain("SERVED LOSS");
        long now = System.currentTimeMillis();
        send(
                codec.write(report(9_000).at(now - 2_000)),
                codec.write(report(12_000).at(now - 1_000)));
        send(codec.write(new Reported("plain").counted().at(now)));

        assertThat(run("status").outLines())
                .anySatisfy(line -> assertThat(line)
                        .matches("MODEL +OPEN +JOINED +EXPIRED +LATE +ORPHANS +DOUBLED +DELAY P50 +P90 +P99"
                                + " +SERVED LOSS +EXPECTED +OF LAST +PROGRESSIVE"))
                .anySatisfy(line -> assertThat(line)
                        .matches("clicks +1,004 +1,002 +1,003 +12,000 +1,007 +1,009 +1 s +1 min 0 s +- +0.5000"
                                + " +0.2500 +10,000 +-"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("model clicks: miscalibrated: served loss 0.5000 of the last 10,000 final labels"))
                .anySatisfy(line -> assertThat(line).startsWith("model clicks: late: 3,000 of the last 3,000 outcomes"))
                .noneSatisfy(line -> assertThat(line).matches("plain .*1,004.*"));
        assertThat(run("status", "clicks", "--output", "json").out())
                .contains("\"join\":{\"reportedAt\":\"")
                .contains("\"requests\":1000,\"outcomes\":20000,\"joined\":1002,")
                .contains("\"delayP50Millis\":1000,\"delayP90Millis\":60000,\"delayP99Millis\":null,")
                .contains("\"servedLoss\":0.5,\"expectedLoss\":0.25,\"servedAnswers\":10000,\"progressiveLoss\":null");
        assertThat(run("describe", "clicks").out())
                .contains(
                        "# join:       1,004 open, 1,002 joined, 1,003 expired, served loss of the last 10,000: 0.5000,"
                                + " expected 0.2500\n");
        assertThat(run("tail", "metrics", "--from-beginning", "--limit", "1").out())
                .contains("join=clicks window=7 windowEnded=true servedLoss=0.5");

        send(codec.delete("clicks"));
        assertThat(run("status").out()).contains("model clicks: join never seen");
    }

    /** Outcomes are as many as are late, beside others from before. */
    private static Reported report(long late) {
        return new Reported("clicks")
                .counted()
                .with(JoinCount.LATE, late)
                .with(JoinCount.OUTCOMES, 8_000 + late)
                .delayed(List.of(1_000L, 60_000L), List.of(60L, 38L, 2L))
                .window(7)
                .scored(100_000, 0.5, 0.25);
    }

    private Run run(String... arguments) {
        return Run.at(kafka.bootstrapServers(), "freshet", arguments).done();
    }

    private void send(KeyedBytes... records) {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (KeyedBytes record : records) {
                producer.send(new ProducerRecord<>("freshet.metrics", record.key(), record.value()));
            }
        }
    }
}
