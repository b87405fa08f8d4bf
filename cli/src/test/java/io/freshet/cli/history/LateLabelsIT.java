package io.freshet.cli.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.learning.features.Stage;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a label that changed on the way from a topic through the job to its metrics and a replay. */
@Timeout(180)
class LateLabelsIT {
    private static final int REQUESTS = 400;

    @AutoClose
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @Test
    void labels_that_change_are_learned_scored_once_and_replayed() throws Exception {
        LineageRun run = LineageRun.create(kafka, "late", 1, directory);
        run.apply("""
                {name: m, label: y, features: {numeric: [a], categorical: [c], hashBits: 5},
                 loss: binary-cross-entropy, batch: {size: 3}, evaluation: {window: 50}, join: {within: 1h, after: 0},
                 publish: {everySamples: 100, everyMillis: 200, minimumMillis: 0}}
                """);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        int corrections = 0;
        for (int i = 0; i < REQUESTS + 30; i++) {
            if (i < REQUESTS) {
                records.add(run.sample(0, value(i, Stage.OPEN, 0, null)));
            }
            int late = i - 30;
            boolean clicked = late % 4 == 0;
            if (late >= 0 && clicked) {
                records.add(run.sample(0, value(late, Stage.CHANGED, 1, 0.0)));
                corrections++;
            }
            if (late >= 0) {
                records.add(run.sample(0, value(late, Stage.CLOSED, clicked ? 1 : 0, null)));
            }
        }
        records.add(run.sample(0, value(REQUESTS, Stage.CLOSED, 1, null)));
        run.send(records);
        run.learn(RecordFormat.avro());

        List<JsonNode> history = run.history("m");
        assertThat(history.get(history.size() - 1).get("version").asLong()).isEqualTo(REQUESTS + corrections);
        assertThat(run.done("replay", "m").out()).contains("\nidentical: ");
        // Eight windows, and the end of the input.
        List<JsonNode> evaluations = evaluations(run, 9);
        JsonNode last = evaluations.get(8);
        assertThat(last.get("total").asLong()).as("each request once").isEqualTo(REQUESTS);
        assertThat(last.get("corrections").asLong()).isEqualTo(corrections);
        assertThat(last.get("unscored").asLong()).isEqualTo(1);
        assertThat(last.get("rejected").asLong()).isZero();
    }

    private static List<JsonNode> evaluations(LineageRun run, int count) throws Exception {
        List<JsonNode> evaluations = new ArrayList<>();
        String[] command = {
            "tail", "metrics", "--from-beginning", "--output", "json", "--limit", Integer.toString(count)
        };
        for (String line : run.done(command).outLines()) {
            evaluations.add(new ObjectMapper().readTree(line).get("record"));
        }
        return evaluations;
    }

    private static byte[] value(int request, Stage stage, double label, Double previous) {
        SampleHeader header = new SampleHeader("r" + request, "m", 1_000_000 + request, 0, stage, previous);
        boolean isClosed = stage == Stage.CLOSED;
        return new SampleWriter()
                .write(
                        header,
                        isClosed ? Map.of("y", label) : Map.of("y", label, "a", request % 7 / 7.0),
                        isClosed ? Map.of() : Map.of("c", "c" + request % 4),
                        Map.of());
    }
}
