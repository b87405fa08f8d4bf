package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import org.junit.jupiter.api.Test;

/**
 * Would catch a silent replica that stops the others. What is learned must equal a plain loop
 * over the rounds in the topic.
 */
class IdleReplicaHarnessTest extends IdleReplicaRun {
    @Test
    void a_round_closes_without_a_silent_replica_which_rejoins() throws Exception {
        TestRounds rounds = new TestRounds();
        try (LearnHarness harness = LearnHarness.start(rounds, spec)) {
            harness.time(1_000);
            learn(harness, rounds, 0);
            harness.time(10_999);
            assertThat(decisions(rounds)).isEmpty();
            harness.time(11_000);
            harness.receive(rounds);
            assertThat(decisions(rounds)).containsExactly("1: 0/1");

            // No round waits for it until it contributes again.
            learn(harness, rounds, 0);
            assertThat(decisions(rounds)).endsWith("2: 0/2");
            learn(harness, rounds, 1);
            learn(harness, rounds, 0);
            assertThat(decisions(rounds)).endsWith("3: 0/3 1/1");
            learn(harness, rounds, 0);
            assertThat(decisions(rounds)).hasSize(3);
            learn(harness, rounds, 1);
            assertThat(decisions(rounds)).endsWith("4: 0/4 1/4").hasSize(4);
            assertThat(harness.learnerStates()).containsEntry("shared/", replayed(rounds));
        }
    }

    /** With staleness, a replica that was late skips rounds, which the other one may never contribute to. */
    @Test
    void a_round_to_which_nobody_contributes_closes_for_those_after_it() throws Exception {
        spec = ModelSpec.parse(SPEC.toYaml().replace("staleness: 0", "staleness: 1"));
        TestRounds rounds = new TestRounds();
        try (LearnHarness harness = LearnHarness.start(rounds, spec)) {
            learn(harness, rounds, 0);
            harness.time(10_000);
            harness.receive(rounds);
            learn(harness, rounds, 1);
            learn(harness, rounds, 1);
            learn(harness, rounds, 0);
            assertThat(decisions(rounds)).containsExactly("1: 0/1", "2: 0/2 1/1 1/2");

            learn(harness, rounds, 1);
            assertThat(decisions(rounds)).hasSize(2);
            harness.time(20_000);
            assertThat(decisions(rounds)).endsWith("2: 0/2 1/1 1/2", "3:", "4: 1/4");
            assertThat(harness.learnerStates()).containsEntry("shared/", replayed(rounds));
        }
    }
}
