package io.freshet.faults.secured;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.FreshetCommand;
import io.freshet.faults.secured.SecuredKafka.Mechanism;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.HistoryCodec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code freshet answer} by a user who may not read some of its topics. Would catch a missing right that hides what the other
 * topics have.
 */
class AnswerRightsIT {
    private static final Topics TOPICS = Topics.of("asked");
    private static final long ASKED = 1_700_000_000_000L;

    @TempDir
    private static Path directory;

    private static SecuredKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        kafka = SecuredKafka.start(directory);
        kafka.addUsers("auditor");
        run("admin", Mechanism.TLS, new StringWriter(), "topics", "create", "--partitions=1", "--loop");
        run("admin", Mechanism.TLS, new StringWriter(), "acls", "create", "--grant=operator=User:auditor");
        send();
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void a_topic_that_may_not_be_read_hides_no_other() throws Exception {
        assertThat(answer())
                .contains("again     not computed, since topic asked.samples, partition 0: ends at offset 0")
                .contains("outcome   5 (o), 1 s after the request")
                .contains("samples   none so far");

        kafka.deny("auditor", ResourceType.TOPIC, TOPICS.samples(), AclOperation.ALL);
        kafka.deny("auditor", ResourceType.TOPIC, TOPICS.unjoined(), AclOperation.ALL);
        assertThat(answer())
                .contains("answered  prediction 5.0")
                .contains("again     not computed, since topic asked.samples: " + refused("samples"))
                .contains("outcome   5 (o), 1 s after the request; those not joined: not read, since topic"
                        + " asked.unjoined: Topic authorization failed")
                .contains("samples   not read, since topic asked.samples: Topic authorization failed");

        kafka.deny("auditor", ResourceType.TOPIC, TOPICS.outcomes(), AclOperation.READ);
        kafka.deny("auditor", ResourceType.TOPIC, TOPICS.history(), AclOperation.READ);
        assertThat(answer())
                .contains("answered  prediction 5.0")
                .contains("again     not computed, since " + refused("history"))
                .contains("outcome   not read, since " + refused("outcomes"));
    }

    private static String refused(String topic) {
        return "Not authorized to access topics: [asked." + topic + "] (user: auditor); freshet acls list";
    }

    /** @return what the user sees, with exit code 3 */
    private static String answer() {
        StringWriter out = new StringWriter();
        assertThat(run("auditor", Mechanism.SCRAM, out, "answer", "q")).isEqualTo(3);
        return out.toString();
    }

    private static int run(String user, Mechanism mechanism, StringWriter out, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--bootstrap-servers", kafka.bootstrapServers(mechanism),
                "--kafka-properties", kafka.properties(user, mechanism).toString(),
                "--prefix", TOPICS.prefix()));
        PrintWriter both = new PrintWriter(out, true);
        return FreshetCommand.run(both, both, all.toArray(String[]::new));
    }

    /** Sends an answer, its outcome, and the history of the version that answered, whose parameters are no longer published. */
    private static void send() throws Exception {
        ModelSpec spec = ModelSpec.parse(
                "{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error, join: {within: 1h}}");
        Lineage lineage = new Lineage(new int[] {0}, new long[] {0}, new long[] {99}, 5, 100, List.of());
        Snapshot snapshot =
                new Snapshot(spec, "", 100, 100, new float[] {5, 0}, new double[3], lineage, new long[0], null);
        SnapshotCodec codec = new SnapshotCodec();
        KeyedBytes history =
                new HistoryCodec(codec).write(codec.publish(snapshot, -1, TOPICS.samples(), ASKED - 60_000, "test"));
        String answer = "{\"id\":\"q\",\"model\":\"m\",\"key\":null,\"version\":100,\"time\":" + ASKED
                + ",\"event_time\":" + ASKED + ",\"outputs\":{\"prediction\":5.0},\"fields\":{\"a\":1.5}}";
        String outcome = "{\"id\":\"q\",\"outcome_id\":\"o\",\"value\":5,\"time\":" + (ASKED + 1_000) + "}";
        byte[] id = "q".getBytes(UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.settings("admin", Mechanism.TLS), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(TOPICS.history(), history.key(), history.value()));
            producer.send(new ProducerRecord<>(TOPICS.answers(), id, answer.getBytes(UTF_8)));
            producer.send(new ProducerRecord<>(TOPICS.outcomes(), id, outcome.getBytes(UTF_8)));
        }
    }
}
