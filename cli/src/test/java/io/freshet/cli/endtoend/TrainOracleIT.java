package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import io.freshet.cli.feed.EpochPlan;
import io.freshet.cli.feed.SampleRow;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.math.Permutation;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Catches a job that learns other bits than {@code train}, which is its oracle: it learns the same rows in a loop, without topics,
 * tasks, and checkpoints. The job fails several times, and resumes from the middle.
 */
class TrainOracleIT {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @AutoClose
    private static TestBroker broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @ParameterizedTest
    @CsvSource({
        "delays, flights.csv.gz",
        "delays-by-origin, flights.csv.gz",
        "delays-loop, flights.csv.gz",
        "messages, messages.csv.gz",
        "boxes, boxes.csv.gz",
        "shapes, shapes.csv.gz",
        "shapes-iou, shapes.csv.gz",
        "tags, tags.csv.gz",
        "tags, tags.jsonl.gz"
    })
    void the_job_learns_each_example_as_train_does(String spec, String data) throws Exception {
        requireSame(Files.readString(EXAMPLES.resolve(spec + ".yaml")), data);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "shapes; shapes.csv.gz; epochs: 2\\nshuffle: true\\nholdout: 0.1",
                "boxes; boxes.csv.gz; replicas: {count: 3, period: 64, staleness: 1}",
                "messages; messages.csv.gz; batch: full\\nepochs: 5",
                "delays-by-origin; flights.csv.gz; batch: 7"
            })
    void the_job_learns_epochs_batches_and_replicas_as_train_does(String spec, String data, String more)
            throws Exception {
        String yaml = Files.readString(EXAMPLES.resolve(spec + ".yaml")).replaceAll("(?m)^batch:.*\n", "");
        requireSame(yaml + more.replace("\\n", "\n") + "\n", data);
    }

    private void requireSame(String yaml, String data) throws Exception {
        ModelSpec spec = ModelSpec.parse(yaml);
        Path input = EXAMPLES.resolve(data);
        Path specFile = Files.writeString(directory.resolve("spec.yaml"), yaml);
        Run run = Run.of("train", "--spec=" + specFile, "--input=" + input, "--output=json");
        assertThat(run.err()).doesNotContain("rejected");
        String expected =
                new ObjectMapper().readTree(run.out()).get("parametersSha256").asText();

        ReplicaSettings replicas = spec.replicas();
        int partitions = replicas == null ? 1 : replicas.count();
        Topics topics = Topics.of("t" + Math.abs((yaml + data).hashCode()));
        broker.create(topics, partitions);
        List<byte[]> samples = samples(spec, input);
        for (int partition = 0; partition < partitions; partition++) {
            int own = partition;
            broker.send(
                    topics.samples(),
                    partition,
                    IntStream.range(0, samples.size())
                            .filter(i -> i % partitions == own)
                            .mapToObj(samples::get)
                            .toList());
        }
        try (FaultyRun job = FaultyRun.start(broker.trainer(topics, List.of(spec)), directory, 2, 2)) {
            job.awaitEnd();
        }
        assertThat(sha256(broker.last(topics.parameters()))).isEqualTo(expected);
    }

    /** Returns the samples of all epochs, in the order in which they are learned. */
    private static List<byte[]> samples(ModelSpec spec, Path input) throws Exception {
        EpochPlan plan = EpochPlan.of(List.of(spec));
        RowFiles files = RowFiles.of(List.of(input), null, null, "--input");
        List<byte[]> samples = new ArrayList<>();
        for (int epoch = 0; epoch < plan.passes(); epoch++) {
            SampleRow row = SampleRow.of(List.of(spec));
            List<byte[]> rows = new ArrayList<>();
            try (RowReader reader = files.open(row.layout())) {
                while (row.next(reader, epoch)) {
                    rows.add(row.encode(files.lastModifiedMillis(), ""));
                }
            }
            int[] order = plan.shuffle()
                    ? Permutation.of(plan.seed(), epoch, rows.size())
                    : IntStream.range(0, rows.size()).toArray();
            IntStream.of(order).mapToObj(rows::get).forEach(samples::add);
        }
        return samples;
    }

    private static String sha256(Map<String, PublishedSnapshot> snapshots) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (PublishedSnapshot each : snapshots.values()) {
            float[] parameters = each.snapshot().parameters();
            digest.update(FloatBytes.write(parameters, 0, parameters.length));
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
