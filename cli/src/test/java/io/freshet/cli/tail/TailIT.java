package io.freshet.cli.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.FreshetCommand;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Would catch a tail that prints nothing, as if the topic were empty, although it has records. */
class TailIT {
    private static final ProducerRecord<byte[], byte[]> RECORD = new ProducerRecord<>("freshet.samples", new byte[1]);

    @Test
    void says_on_stderr_that_it_waits_and_how_many_records_exist() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            KafkaOptions options = KafkaOptions.of(kafka.bootstrapServers());
            try (Admin admin = options.connect();
                    KafkaProducer<byte[], byte[]> producer = options.producer(Map.of())) {
                admin.createTopics(List.of(new NewTopic("freshet.samples", 1, (short) 1)))
                        .all()
                        .get();
                assertWaits(kafka, producer, "freshet: waiting for new samples (none exist yet); Ctrl-C ends");
                producer.send(RECORD).get();
                assertWaits(
                        kafka,
                        producer,
                        "freshet: waiting for new samples (up to 2 exist; --from-beginning prints them); Ctrl-C ends");
            }
        }
    }

    /** Tails until one more record is sent. */
    private static void assertWaits(EmbeddedKafka kafka, KafkaProducer<byte[], byte[]> producer, String message)
            throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CompletableFuture<Integer> tail = CompletableFuture.supplyAsync(() -> FreshetCommand.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                "tail",
                "samples",
                "--limit",
                "1",
                "--bootstrap-servers",
                kafka.bootstrapServers()));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> err.toString().lines().count() > 0);
        assertThat(err.toString().strip()).isEqualTo(message);
        assertThat(out.toString()).isEmpty();

        producer.send(RECORD).get();
        assertThat(tail.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(out.toString().lines()).hasSize(1);
    }
}
