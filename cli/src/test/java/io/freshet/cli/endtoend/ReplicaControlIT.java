package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.job.ReplicaLoop;
import io.freshet.job.TestStream;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.SampleDecoder;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a change that replicas make at different rounds, or at another round after a recovery. The command changes the model
 * while its replicas learn and the job fails. The final model must equal that of a plain loop that announces each specification
 * in the round in which the rounds topic has it.
 */
@Timeout(300)
class ReplicaControlIT {
    private static final int PARTITIONS = 4;
    private static final int REPLICAS = 2;
    private static final String FIRST = """
            {name: shared, label: y, weight: w, features: {numeric: [a, b], categorical: [c], hashBits: 8},
             loss: binary-cross-entropy, optimizer: {type: adagrad, learningRate: 0.1}, batch: 4,
             publish: {everySamples: 500, everyMillis: 50, minimumMillis: 0}, evaluation: {window: 100},
             replicas: {count: 2, period: 50, idle: 0}}
            """;
    private static final String SECOND =
            FIRST.replace("learningRate: 0.1", "learningRate: 0.02").replace("period: 50", "period: 30");
    private static final String THIRD =
            SECOND.replace("batch: 4", "batch: 7, clip: {norm: 1}, schedule: {type: step, every: 500}");

    @AutoClose
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @Test
    void replicas_changed_during_failures_equal_a_plain_loop() throws Exception {
        try (ControlRun run = ControlRun.start(kafka, "replicas", PARTITIONS, directory, FIRST)) {
            ControlView view = run.view();
            view.until("samples are learned", () -> view.version("shared/") > 500);

            FaultyReader.reset(2);
            assertThat(run.apply(SECOND).out())
                    .contains("model shared: optimizer.learningRate: 0.1 -> 0.02")
                    .contains("model shared: replicas.period: 50 -> 30");
            view.until(
                    "the learning rate has changed",
                    () -> FaultyReader.failures() == 2 && view.hasChanged("shared", 1, 2));
            assertRefusesMoreReplicas(run);

            FaultyReader.reset(1);
            run.apply(THIRD);
            view.until("the batch has changed", () -> FaultyReader.failures() == 1 && view.hasChanged("shared", 1, 3));
            // A failure may lose the history of versions that were published just before.
            long before = view.version("shared/");
            view.until("the job has gone on", () -> view.version("shared/") > before + 500);
            long changed = view.version("shared/");

            assertEqualsPlainLoop(run);
            assertThat(run.done("replay", "shared").out()).contains("identical: ");
            assertThat(run.done("replay", "shared", "--version", Long.toString(changed))
                            .out())
                    .contains("identical: ");
            assertThat(run.done("history", "shared").out())
                    .contains(ModelSpec.parse(THIRD).hash())
                    .doesNotContain("INCARNATION");
        }
    }

    /** Asserts that the command rejects another count; then writes it directly, and the old specification again. */
    private static void assertRefusesMoreReplicas(ControlRun run) throws Exception {
        String more = SECOND.replace("count: 2", "count: 3");
        Run rejected = run.run("apply", "-f", run.file(more));
        assertThat(rejected.code()).isEqualTo(2);
        assertThat(rejected.err())
                .contains(
                        "model shared: replicas: {count=3, ",
                        ", was {count=2, ",
                        "the model deleted and applied again");
        run.write(ModelSpec.parse(more), ModelSpec.parse(SECOND));
    }

    private static void assertEqualsPlainLoop(ControlRun run) throws Exception {
        long sent = run.stopStream();
        ModelSpec first = ModelSpec.parse(FIRST);
        RowLayout layout = RowLayout.of(List.of(first));
        SampleDecoder decoder = new SampleDecoder(layout);
        FeatureEncoder encoder = new FeatureEncoder(first, layout);
        Row row = new Row(layout);
        Map<Long, String> announced = announced(run);
        assertThat(announced.values())
                .containsExactly(
                        ModelSpec.parse(SECOND).toYaml(), ModelSpec.parse(THIRD).toYaml());
        ReplicaLoop loop = new ReplicaLoop(new Learner(first)).announcing(announced);
        for (long i = 0; i < sent; i++) {
            decoder.decode(TestStream.value(i), 0, row);
            int partition = (int) (i % PARTITIONS);
            loop.learn(partition % REPLICAS, encoder.encode(row, partition, i / PARTITIONS));
        }
        LearnerState expected = loop.merged();
        run.view().until("all rounds are merged", () -> run.view().version("shared/") == expected.samples());
        Snapshot snapshot = run.view().snapshots().get("shared/").snapshot();
        assertThat(snapshot.parameters()).isEqualTo(expected.weights().parameters());
        assertThat(snapshot.moments()).isEqualTo(expected.moments());
        assertThat(snapshot.lineage().changes()).isEqualTo(expected.lineage().changes());
        assertThat(snapshot.lineage().changes())
                .extracting(Lineage.Change::specHash)
                .containsExactly(
                        first.hash(),
                        ModelSpec.parse(SECOND).hash(),
                        ModelSpec.parse(THIRD).hash());
    }

    /** Returns the specifications in the rounds topic, by the round whose first point announces them. */
    private static Map<Long, String> announced(ControlRun run) throws Exception {
        Map<Long, String> announced = new TreeMap<>();
        long last = 0;
        for (ConsumerRecord<byte[], byte[]> read : run.rounds()) {
            RoundsRecord record = RoundsRecord.read(read.value());
            if (record.message(List.of(record.bytes())) instanceof MergedPoint point && point.round() > last) {
                last = point.round();
                if (point.closing().specification() != null) {
                    announced.put(point.round(), point.closing().specification());
                }
            }
        }
        return announced;
    }
}
