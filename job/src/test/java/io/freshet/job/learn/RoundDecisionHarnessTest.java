package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.record.OutputRecord;
import io.freshet.job.replica.RoundsLog;
import io.freshet.learning.replica.Closing;
import io.freshet.learning.replica.ContributionId;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Would catch a round that is decided twice, or published before the topic has its decision, when the reducer fails. */
class RoundDecisionHarnessTest extends IdleReplicaRun {
    @Test
    void a_round_is_decided_once_also_after_a_restart() throws Exception {
        TestRounds rounds = new TestRounds();
        OperatorSubtaskState state;
        String learned;
        try (LearnHarness harness = LearnHarness.start(rounds, spec)) {
            harness.time(1_000);
            learn(harness, rounds, 0);
            state = harness.snapshot();
            harness.time(11_000);
            harness.receive(rounds);
            learn(harness, rounds, 1);
            learn(harness, rounds, 0);
            assertThat(decisions(rounds)).containsExactly("1: 0/1", "2: 0/2 1/1");
            learned = Objects.requireNonNull(harness.learnerStates().get("shared/"));
        }
        received[0] = PERIOD;
        received[1] = 0;
        try (LearnHarness restored = LearnHarness.restore(rounds, state)) {
            learn(restored, rounds, 1);
            learn(restored, rounds, 0);
            assertThat(restored.learnerStates()).containsEntry("shared/", learned);
            // A checkpoint of the restored run knows that the decisions are taken.
            state = restored.snapshot();
            assertThat(decisions(rounds)).containsExactly("1: 0/1", "2: 0/2 1/1");
            learn(restored, rounds, 0);
            learn(restored, rounds, 1);
            assertThat(decisions(rounds)).hasSize(3);
            assertThat(restored.learnerStates()).containsEntry("shared/", replayed(rounds));
        }
    }

    /** It then closes the round otherwise, and what it sends must not be joined with what it has sent before. */
    @Test
    void a_reducer_that_is_killed_between_the_parts_of_a_point_may_decide_otherwise() throws Exception {
        TestRounds rounds = new TestRounds();
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(rounds, SPEC)) {
            harness.time(1_000);
            learn(harness, rounds, 0);
            state = harness.snapshot();
            rounds.storing(sent -> parts(sent).subList(0, 1));
            harness.time(11_000);
            assertThat(decisions(rounds)).as("the second part is lost").isEmpty();
        }
        rounds.storing(RoundDecisionHarnessTest::parts);
        received[1] = 0;
        try (LearnHarness restored = LearnHarness.restore(rounds, state)) {
            learn(restored, rounds, 1);
            learn(restored, rounds, 0);
            learn(restored, rounds, 1);
            assertThat(decisions(rounds)).containsExactly("1: 0/1 1/1", "2: 0/2 1/2");
            assertThat(restored.take(OutputRecord.DEAD_LETTERS)).isEmpty();
            assertThat(restored.learnerStates()).containsEntry("shared/", replayed(rounds));
        }
    }

    /** A run that replaces a killed one may decide otherwise, and would publish another model, perhaps of the same version. */
    @Test
    void a_round_without_a_silent_replica_is_published_once_the_topic_has_it() throws Exception {
        spec = ModelSpec.parse(SPEC.toYaml().replace("everySamples: 10", "everySamples: 1"));
        TestRounds rounds = new TestRounds();
        try (LearnHarness harness = LearnHarness.start(rounds, spec)) {
            harness.time(1_000);
            learn(harness, rounds, 0);
            List<KeyedBytes> sent = new ArrayList<>();
            List<Integer> published = new ArrayList<>();
            rounds.storing(each -> {
                sent.add(each);
                return List.of();
            });
            rounds.flushing(() -> {
                published.add(harness.takeParameters().size());
                sent.forEach(rounds::store);
                sent.clear();
            });
            harness.time(11_000);
            assertThat(harness.takeSnapshots()).isNotEmpty();
            assertThat(decisions(rounds)).containsExactly("1: 0/1");
            assertThat(published).as("before").containsExactly(0);
        }
    }

    /** The job restarts, and learns the samples again. */
    @Test
    void brokers_that_store_no_decision_fail_the_job_and_no_model() throws Exception {
        TestRounds rounds = new TestRounds();
        try (LearnHarness harness = LearnHarness.start(rounds, spec)) {
            harness.time(1_000);
            learn(harness, rounds, 0);
            rounds.flushing(() -> {
                throw new IOException("topic test.rounds: not stored within 120 s");
            });
            assertThatThrownBy(() -> harness.time(11_000))
                    .hasStackTraceContaining("topic test.rounds: not stored within 120 s");
            rounds.flushing(() -> {});
            assertThat(harness.take(OutputRecord.DEAD_LETTERS)).isEmpty();
            assertThat(harness.takeEvaluations()).noneMatch(line -> line.startsWith("shared/ version 0"));
        }
    }

    /** It would close rounds without replicas whose contributions are in the topic. */
    @Test
    void a_restored_reducer_decides_once_it_has_read_the_contributions_too() throws Exception {
        TestRounds rounds = new TestRounds();
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(rounds, spec)) {
            harness.time(1_000);
            learn(harness, rounds, 0);
            state = harness.snapshot();
        }
        try (LearnHarness restored = LearnHarness.restore(rounds, state)) {
            restored.time(2_000);
            rounds.listener().caughtUp("shared/merged");
            restored.runMails();
            restored.time(60_000);
            assertThat(decisions(rounds)).isEmpty();
            rounds.listener().caughtUp("shared/contributions");
            restored.runMails();
            restored.time(120_000);
            assertThat(decisions(rounds)).containsExactly("1: 0/1");
        }
    }

    /** Returns the two parts of a message. */
    private static List<KeyedBytes> parts(KeyedBytes sent) {
        try {
            RoundsRecord all = RoundsRecord.read(sent.value());
            ByteBuffer bytes = all.bytes().slice();
            int half = bytes.remaining() / 2;
            ByteBuffer first = bytes.slice(0, half);
            ByteBuffer second = bytes.slice(half, bytes.remaining() - half);
            return List.of(part(sent, all, 0, first), part(sent, all, 1, second));
        } catch (MalformedRecordException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyedBytes part(KeyedBytes sent, RoundsRecord of, int part, ByteBuffer bytes) {
        RoundsRecord record =
                new RoundsRecord(of.type(), of.origin(), of.sender(), of.round(), of.id(), part, 2, bytes);
        return new KeyedBytes(sent.key(), record.value());
    }

    @Test
    void a_round_that_another_run_closed_first_fails_the_model() throws Exception {
        TestRounds rounds = new TestRounds();
        try (LearnHarness harness = LearnHarness.start(rounds, SPEC)) {
            learn(harness, rounds, 0);
            harness.time(20_000);
            RoundsLog.Entry own = rounds.stored().remove(rounds.stored().size() - 1);
            RoundsRecord record = RoundsRecord.read(own.value());
            MergedPoint point = (MergedPoint) record.message(List.of(record.bytes()));
            MergedPoint other = new MergedPoint(
                    new Closing(1, List.of(new ContributionId(1, 1, PERIOD)), null), point.blocks(), point.totals());
            rounds.store(RoundsRecord.write("shared", record.origin(), other).get(0));
            harness.receive(rounds);
            assertThat(harness.takeEvaluations()).anyMatch(line -> line.startsWith("shared/ version 0"));
        }
    }
}
