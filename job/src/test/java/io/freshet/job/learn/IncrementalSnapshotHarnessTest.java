package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch a changed block that is not sent, a snapshot with outdated blocks, and unchanged blocks that are always sent. */
class IncrementalSnapshotHarnessTest {
    private static final int BLOCKS = 33;
    private static final int FULL_EVERY = 4;
    private static final ModelSpec LARGE = ModelSpec.parse("""
            {name: whole, label: y, features: {numeric: [a], categorical: [d], hashBits: 19},
             loss: binary-cross-entropy, optimizer: {type: rmsprop},
             publish: {everySamples: 10, everyMillis: 500, minimumMillis: 0, fullEvery: %d}}
            """.formatted(FULL_EVERY));

    /** Reads the records of all harnesses, as a server does across restarts of the trainer. */
    private final SnapshotReader reader = new SnapshotReader();

    /** A complete snapshot and the number of blocks sent for it. */
    private record Sent(PublishedSnapshot published, int blocks) {}

    @ParameterizedTest
    @EnumSource(Backend.class)
    void publishes_changed_blocks_and_periodically_all(Backend backend) throws Exception {
        try (LearnHarness harness = LearnHarness.start(backend, LARGE)) {
            harness.learn(LARGE, 0, 90);
            List<Sent> sent = sent(harness.takeParameters());

            assertThat(sent).hasSize(9);
            for (int i = 0; i < sent.size(); i++) {
                Snapshot snapshot = sent.get(i).published().snapshot();
                long parent = i == 0 ? -1 : 10L * i;
                assertThat(snapshot.version()).isEqualTo(10L * (i + 1));
                assertThat(sent.get(i).published().parent()).isEqualTo(parent);
                assertThat(snapshot.parameters()).isEqualTo(oracle(snapshot.version()));
                long changed = LongStream.of(snapshot.blockVersions())
                        .filter(version -> version > parent)
                        .count();
                boolean full = i % FULL_EVERY == 0;
                assertThat(sent.get(i).blocks())
                        .as("snapshot %d", i)
                        .isEqualTo(full ? BLOCKS : changed)
                        .matches(blocks -> full || blocks < BLOCKS / 2);
            }
        }
    }

    /** After a failure, the topic may contain newer blocks than the restored state, so all are sent again. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void the_first_snapshot_after_a_restore_has_all_blocks_and_the_next_only_changed_ones(Backend backend)
            throws Exception {
        try (LearnHarness failing = LearnHarness.start(backend, LARGE)) {
            failing.learn(LARGE, 0, 15);
            var checkpoint = failing.snapshot();
            failing.learn(LARGE, 15, 40);
            assertThat(sent(failing.takeParameters())).hasSize(4);

            try (LearnHarness restored = LearnHarness.restore(backend, checkpoint)) {
                restored.learn(LARGE, 15, 40);
                List<Sent> sent = sent(restored.takeParameters());
                assertThat(sent).hasSize(3);
                assertThat(sent.get(0).blocks()).isEqualTo(BLOCKS);
                assertThat(sent.get(0).published().parent()).isEqualTo(10);
                assertThat(sent.get(1).blocks()).isBetween(1, BLOCKS / 2);
                for (Sent each : sent) {
                    Snapshot snapshot = each.published().snapshot();
                    assertThat(snapshot.parameters()).isEqualTo(oracle(snapshot.version()));
                }
            }
        }
    }

    private List<Sent> sent(List<OutputRecord> records) throws MalformedRecordException {
        List<Sent> sent = new ArrayList<>();
        int blocks = 0;
        for (OutputRecord record : records) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            blocks++;
            if (change != null) {
                sent.add(new Sent(change.snapshot(), blocks - 1));
                blocks = 0;
            }
        }
        assertThat(blocks).as("records after the last complete snapshot").isZero();
        return sent;
    }

    private static float[] oracle(long version) {
        Learner learner = new Learner(LARGE);
        LearnerState state = learner.start();
        for (long offset = 0; offset < version; offset++) {
            learner.learn(state, TestStream.sample(LARGE, offset).sample());
        }
        return learner.snapshot(state, "").parameters();
    }
}
