package io.freshet.job.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.TestStream;
import io.freshet.job.record.SpecChange;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.snapshot.WarmStartCodec;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Would catch specifications that take effect too early or are lost by a restart or rescaling. */
class DecodeSpecChangeHarnessTest {
    private static final ModelSpec WHOLE = TestStream.whole(4);
    private static final ModelSpec KEYED = TestStream.keyed();

    @Test
    void specifications_take_effect_at_checkpoint_barriers() throws Exception {
        ModelSpec narrower = ModelSpec.parse(
                WHOLE.toYaml().replace("hashBits: 6", "hashBits: 3").replace("reset: false", "reset: true"));
        ModelSpec refused = ModelSpec.parse(WHOLE.toYaml().replace("hashBits: 6", "hashBits: 4"));
        try (var harness = DecodeHarness.start()) {
            harness.apply(SpecChange.applied(WHOLE));
            harness.send(TestStream.record(0, TestStream.value(0)));
            harness.snapshot(1);
            harness.send(TestStream.record(1, TestStream.value(1)));
            harness.apply(SpecChange.applied(refused));
            harness.apply(SpecChange.applied(narrower));
            harness.snapshot(2);
            harness.send(TestStream.record(2, TestStream.value(2)));
            harness.apply(SpecChange.applied(KEYED));
            harness.apply(SpecChange.deleted("whole"));
            harness.apply(SpecChange.deleted("never-there"));
            harness.snapshot(3);
            harness.send(TestStream.record(3, TestStream.value(3)));

            assertThat(DecodeHarness.bytes(harness.samples()))
                    .isEqualTo(DecodeHarness.bytes(List.of(
                            TestStream.sample(WHOLE, 1), TestStream.sample(narrower, 2), TestStream.sample(KEYED, 3))));
            assertThat(harness.deadLetters()).isEmpty();
        }
    }

    /** Would catch samples of a deleted model that reach a learner before the deletion, from another subtask. */
    @Test
    void a_deleted_model_gets_no_more_samples_until_it_is_applied_again() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE, KEYED)) {
            harness.apply(SpecChange.deleted("whole"));
            harness.apply(SpecChange.applied(WHOLE));
            harness.send(TestStream.record(0, TestStream.value(0)));
            harness.send(TestStream.record(1, TestStream.value(1, "whole")));
            harness.snapshot(1);
            harness.send(TestStream.record(2, TestStream.value(2, "whole")));

            assertThat(DecodeHarness.bytes(harness.samples()))
                    .isEqualTo(DecodeHarness.bytes(List.of(TestStream.sample(KEYED, 0), TestStream.sample(WHOLE, 2))));
            assertThat(DecodeHarness.message(harness.onlyDeadLetter()))
                    .isEqualTo("model: whole (expected: one of [keyed])");
        }
    }

    @Test
    void the_learners_receive_each_change_once() throws Exception {
        List<SpecChange> changes = List.of(SpecChange.applied(WHOLE), SpecChange.deleted("whole"));
        try (var only = DecodeHarness.start();
                var first = DecodeHarness.start(3, 0);
                var second = DecodeHarness.start(3, 1)) {
            for (SpecChange change : changes) {
                only.apply(change);
                first.apply(change);
                second.apply(change);
            }
            assertThat(only.changes()).isEqualTo(changes);
            assertThat(only.sideChanges()).isEmpty();
            assertThat(first.sideChanges()).isEqualTo(changes);
            assertThat(first.changes()).isEmpty();
            assertThat(second.sideChanges()).isEmpty();
            assertThat(second.changes()).isEmpty();
        }
    }

    /** Would catch an elastic scheduler that adds learners without an exchange. */
    @Test
    void a_chained_decoder_refuses_a_higher_parallelism() {
        assertThatThrownBy(() -> DecodeHarness.startChained(2).close())
                .hasMessageStartingWith("parallelism: 2 (expected: 1,");
    }

    @Test
    void restored_and_rescaled_decoders_use_the_applied_specifications() throws Exception {
        try (var one = DecodeHarness.start(WHOLE)) {
            one.apply(SpecChange.applied(KEYED));
            one.apply(SpecChange.deleted("whole"));
            OperatorSubtaskState state = one.snapshot(1);

            List<OperatorSubtaskState> parts = new ArrayList<>();
            for (int subtask = 0; subtask < 3; subtask++) {
                try (var part = DecodeHarness.restore(WHOLE, state, 1, 3, subtask)) {
                    assertKnowsKeyedOnly(part);
                    parts.add(part.snapshot(2));
                }
            }
            OperatorSubtaskState all =
                    AbstractStreamOperatorTestHarness.repackageState(parts.toArray(OperatorSubtaskState[]::new));
            try (var back = DecodeHarness.restore(WHOLE, all, 3, 1, 0)) {
                assertKnowsKeyedOnly(back);
            }
        }
    }

    private static void assertKnowsKeyedOnly(DecodeHarness harness) throws Exception {
        harness.send(TestStream.record(7, TestStream.value(7)));
        assertThat(DecodeHarness.bytes(harness.samples()))
                .isEqualTo(DecodeHarness.bytes(List.of(TestStream.sample(KEYED, 7))));
    }

    /** The decoder drops parameters after checking them. The checksum identifies them, whatever their model's name. */
    @Test
    void the_same_warm_start_under_another_name_needs_no_parameters_again() throws Exception {
        Learner learner = new Learner(WHOLE);
        Snapshot snapshot = learner.snapshot(learner.start(), "");
        WarmStartReference one = WarmStart.of(List.of(snapshot)).warmStart();
        ModelSpec warm = WHOLE.withStream(WHOLE.stream().withWarmStart(one));
        ModelSpec renamed = WHOLE.withStream(
                WHOLE.stream().withWarmStart(new WarmStartReference("retrained", 70_000, one.checksum())));
        SnapshotReader reader = new SnapshotReader();
        WarmStartCodec codec = new WarmStartCodec();
        try (var harness = DecodeHarness.start(WHOLE)) {
            for (KeyedBytes record : new SnapshotCodec().write(snapshot, "samples", 0, "test")) {
                PublishedSnapshot published =
                        reader.read(record.key(), record.value()).snapshot();
                for (KeyedBytes part : codec.write("whole", one.checksum(), List.of(published))) {
                    harness.apply(SpecChange.part(codec.read(part.key(), part.value())));
                }
            }
            harness.apply(SpecChange.applied(warm));
            harness.apply(SpecChange.applied(renamed));
            harness.snapshot(1);
            harness.send(TestStream.record(7, TestStream.value(7, "whole")));

            assertThat(DecodeHarness.bytes(harness.samples()))
                    .isEqualTo(DecodeHarness.bytes(List.of(TestStream.sample(renamed, 7))));
        }
    }
}
