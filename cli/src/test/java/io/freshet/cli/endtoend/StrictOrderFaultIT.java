package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import io.freshet.job.TestStream;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.SampleDecoder;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches parameters that depend on failures or on the order in which three partitions arrive, and duplicates learned
 * because of a failure between them. The final parameters must equal those of a loop that takes the partitions in turn.
 */
class StrictOrderFaultIT {
    private static final int[] SIZES = {18_000, 24_000, 8_000};
    private static final int COUNT = 100;
    private static final ModelSpec SPEC = ModelSpec.parse("""
            {name: whole, label: y, features: {numeric: [a, b], categorical: [c], hashBits: 10},
             loss: binary-cross-entropy, optimizer: {type: rmsprop}, publish: {everySamples: 5000, minimumMillis: 0},
             order: {type: strict, count: 100, idle: 0}, deduplicate: 1h}
            """);
    private static final List<List<byte[]>> PARTITIONS = partitions();

    @AutoClose
    private static TestBroker broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @Test
    void a_failing_run_learns_partitions_in_turn_and_each_id_once() throws Exception {
        Topics topics = Topics.of("strict");
        broker.create(topics, SIZES.length);
        for (int partition = 0; partition < SIZES.length; partition++) {
            broker.send(topics.samples(), partition, PARTITIONS.get(partition));
        }
        KafkaTrainer trainer = broker.trainer(topics, List.of(SPEC));
        assertThat(trainer.sources().samples().partitions()).isEqualTo(SIZES.length);
        try (FaultyRun run = FaultyRun.start(trainer, directory, 2, 2)) {
            run.awaitEnd();
        }

        LearnerState expected = oracle();
        PublishedSnapshot learned = broker.last(topics.parameters()).get("whole/");
        assertThat(learned.snapshot().version()).isEqualTo(expected.samples());
        assertThat(learned.snapshot().parameters())
                .isEqualTo(new Learner(SPEC).snapshot(expected, "").parameters());
        Run replayed = Run.at(broker.bootstrapServers(), topics.prefix(), "replay", "whole");
        assertThat(replayed.out()).as(replayed.err()).contains("\nidentical: 1,027 parameters");
    }

    /** Learns a hundred samples of each partition in turn, and skips duplicate ids. */
    private static LearnerState oracle() throws Exception {
        RowLayout layout = RowLayout.of(List.of(SPEC));
        SampleDecoder decoder = new SampleDecoder(layout);
        FeatureEncoder encoder = new FeatureEncoder(SPEC, layout);
        Row row = new Row(layout);
        Learner learner = new Learner(SPEC);
        LearnerState state = learner.start();
        Set<String> ids = new HashSet<>();
        int most = Arrays.stream(SIZES).max().orElseThrow();
        for (int from = 0; from < most; from += COUNT) {
            for (int partition = 0; partition < SIZES.length; partition++) {
                for (int offset = from; offset < Math.min(SIZES[partition], from + COUNT); offset++) {
                    decoder.decode(PARTITIONS.get(partition).get(offset), 0, row);
                    if (ids.add(row.id())) {
                        learner.learn(state, encoder.encode(row, partition, offset));
                    }
                }
            }
        }
        learner.finish(state, () -> {});
        assertThat(state.samples()).as("about a tenth are duplicates").isBetween(40_000L, 49_000L);
        return state;
    }

    /** Returns the records of each partition; about one in ten has the id of another record, in any partition. */
    private static List<List<byte[]>> partitions() {
        SplittableRandom random = new SplittableRandom(11);
        List<List<byte[]>> partitions = new ArrayList<>();
        int count = 0;
        for (int size : SIZES) {
            List<byte[]> records = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                int id = random.nextInt(10) == 0 ? random.nextInt(50_000) : count;
                records.add(TestStream.identified(count, "trip-" + id));
                count++;
            }
            partitions.add(records);
        }
        return partitions;
    }
}
