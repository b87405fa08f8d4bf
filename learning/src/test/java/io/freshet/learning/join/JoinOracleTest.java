package io.freshet.learning.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Catches a join that differs from its documented rules, by comparing it with a plain reading of their sentences. */
class JoinOracleTest {
    private static final long SEED = Long.getLong("freshet.join.seed", 32);
    private static final int SCHEDULES = Integer.getInteger("freshet.join.schedules", 100_000);

    @Test
    void joins_random_schedules_as_the_rules_say() {
        Random random = new Random(SEED);
        long samples = 0;
        long unjoined = 0;
        for (int i = 0; i < SCHEDULES; i++) {
            JoinSchedule schedule = JoinSchedule.any(random);
            JoinOracle expected = JoinOracle.of(schedule);
            RuleRun actual = RuleRun.of(schedule, i);
            int number = i;
            Supplier<String> name =
                    () -> "seed " + SEED + ", schedule " + number + ": " + schedule.join() + ", " + schedule.arrivals();
            assertThat(actual.samples()).as(name).isEqualTo(expected.samples());
            assertThat(actual.unjoined()).as(name).containsExactlyInAnyOrderElementsOf(expected.unjoined());
            assertThat(actual.closedWith()).as(name).isEqualTo(expected.closedWith());
            assertThat(actual.doubled()).as(name).isEqualTo(expected.doubled());
            // Their number depends on which of the doubled outcomes arrives first.
            assertThat(actual.contradictions() > 0).as(name).isEqualTo(expected.contradictions() > 0);
            assertThat(actual.isEmpty()).as(name).isTrue();
            samples += expected.samples().size();
            unjoined += expected.unjoined().size();
        }
        assertThat(samples).as("samples in all schedules").isGreaterThan(SCHEDULES);
        assertThat(unjoined).as("unjoined records in all schedules").isGreaterThan(SCHEDULES / 2);
    }
}
