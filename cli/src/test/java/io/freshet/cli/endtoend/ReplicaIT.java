package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.job.ReplicaLoop;
import io.freshet.job.TestStream;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.SampleDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches parameters of replicas that depend on the parallelism, on failures, or on what else is in the rounds topic: a round
 * that loses or repeats a contribution, a replica that does not wait, a point adopted too early. The final parameters must equal
 * those of a plain loop.
 */
@Timeout(120)
class ReplicaIT {
    private static final int[] SIZES = {4500, 6000, 1750, 4000};
    private static final ModelSpec SPEC = ModelSpec.parse("""
            {name: shared, label: y, features: {numeric: [a, b], categorical: [c], hashBits: 10}, batch: {size: 3},
             loss: binary-cross-entropy, optimizer: {type: adam}, publish: {everySamples: 5000, minimumMillis: 0},
             holdout: 0.1, replicas: {count: 2, period: 70, staleness: 1, idle: 0}}
            """);
    /** Has several blocks, and slots that are merged. */
    private static final ModelSpec BLOCKS = ModelSpec.parse("""
            {name: blocks, label: y, features: {numeric: [a, b], categorical: [c], hashBits: 15}, batch: {size: 3},
             loss: binary-cross-entropy, optimizer: {type: adagrad}, publish: {everySamples: 5000, minimumMillis: 0},
             replicas: {count: 3, period: 80, staleness: 1, slots: mean, idle: 0}}
            """);

    private static final List<List<byte[]>> PARTITIONS = partitions();
    private static final Topics TOPICS = Topics.of("replicas");

    @AutoClose
    private static final TestBroker BROKER = TestBroker.start();

    @TempDir
    Path directory;

    @BeforeAll
    static void send() throws Exception {
        BROKER.create(TOPICS, SIZES.length);
        for (int partition = 0; partition < SIZES.length; partition++) {
            BROKER.send(TOPICS.samples(), partition, PARTITIONS.get(partition));
        }
        // Records of any partition reach the readers, which have to skip them.
        for (int partition = 0; partition < SIZES.length; partition++) {
            BROKER.send(TOPICS.rounds(), partition, List.of("foreign".getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void learns_the_same_bits_at_any_parallelism() throws Exception {
        List<ModelSpec> specs = List.of(SPEC, BLOCKS);
        try (LocalCluster cluster = LocalCluster.start(directory, 4)) {
            for (int parallelism = 1; parallelism <= 4; parallelism++) {
                int slots = parallelism;
                KafkaTrainer trainer = BROKER.trainer(TOPICS, specs);
                cluster.await(cluster.submit(
                        env -> {
                            env.setParallelism(slots);
                            TrainerTopology.build(env, trainer.sources(), trainer.sinks());
                        },
                        Duration.ofMillis(200)));
                for (ModelSpec spec : specs) {
                    assertThat(learned(spec))
                            .as("%s, parallelism %s", spec.name(), slots)
                            .isEqualTo(oracle(spec));
                }
            }
        }
    }

    @Test
    void learns_the_same_bits_after_failures() throws Exception {
        try (FaultyRun run = FaultyRun.start(BROKER.trainer(TOPICS, List.of(SPEC, BLOCKS)), directory, 2, 2)) {
            run.awaitEnd();
        }
        for (ModelSpec spec : List.of(SPEC, BLOCKS)) {
            assertThat(learned(spec)).as(spec.name()).isEqualTo(oracle(spec));
            Run replayed = Run.at(BROKER.bootstrapServers(), TOPICS.prefix(), "replay", spec.name());
            assertThat(replayed.out()).as(replayed.err()).containsPattern("\nidentical: (1,027|32,771) parameters");
        }
        Path rows = Files.writeString(directory.resolve("rows.csv"), "a,b,c,y\n1,2,x,1\n");
        Run fromFile =
                Run.at(BROKER.bootstrapServers(), TOPICS.prefix(), "replay", "shared", "--input", rows.toString());
        assertThat(fromFile.code()).isEqualTo(2);
        assertThat(fromFile.err())
                .contains("shared has replicas (expected: none in a replay from a file, which lacks their rounds)");
    }

    private static float[] learned(ModelSpec spec) throws Exception {
        return Objects.requireNonNull(BROKER.last(TOPICS.parameters()).get(spec.name() + "/"))
                .snapshot()
                .parameters();
    }

    private static float[] oracle(ModelSpec spec) throws Exception {
        Learner learner = new Learner(spec);
        ReplicaLoop loop = new ReplicaLoop(learner);
        int count = Objects.requireNonNull(spec.replicas()).count();
        for (int replica = 0; replica < count; replica++) {
            for (Sample sample : alternating(spec, replica, count)) {
                loop.learn(replica, sample);
            }
        }
        LearnerState state = loop.finish();
        assertThat(state.samples()).isBetween(14_000L, 16_250L);
        return learner.snapshot(state, "").parameters();
    }

    /** Returns the samples of a replica's partitions, one of each in turn. */
    private static List<Sample> alternating(ModelSpec spec, int replica, int count) throws Exception {
        RowLayout layout = RowLayout.of(List.of(spec));
        SampleDecoder decoder = new SampleDecoder(layout);
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Row row = new Row(layout);
        List<Sample> samples = new ArrayList<>();
        for (int offset = 0; offset < IntStream.of(SIZES).max().orElseThrow(); offset++) {
            for (int partition = replica; partition < SIZES.length; partition += count) {
                if (offset < SIZES[partition]) {
                    decoder.decode(PARTITIONS.get(partition).get(offset), 0, row);
                    samples.add(encoder.encode(row, partition, offset));
                }
            }
        }
        return samples;
    }

    private static List<List<byte[]>> partitions() {
        List<List<byte[]>> partitions = new ArrayList<>();
        int count = 0;
        for (int size : SIZES) {
            List<byte[]> records = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                records.add(TestStream.identified(count, "trip-" + count));
                count++;
            }
            partitions.add(records);
        }
        return partitions;
    }
}
