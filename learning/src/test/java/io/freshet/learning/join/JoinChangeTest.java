package io.freshet.learning.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Catches samples that are never closed, and ids that are kept forever, after {@code join} of a running model has changed. */
class JoinChangeTest {
    private static final long SEED = Long.getLong("freshet.join.seed", 32);
    private static final int SCHEDULES = 50_000;

    @Test
    void samples_stay_consistent_when_the_specification_changes() {
        Random random = new Random(SEED);
        for (int i = 0; i < SCHEDULES; i++) {
            JoinSchedule schedule = JoinSchedule.changing(random);
            int number = i;
            Supplier<String> name =
                    () -> "seed " + SEED + ", schedule " + number + ": " + schedule.join() + ", " + schedule.arrivals();
            RuleRun run = RuleRun.of(schedule, i);
            SampleChain.requireConsistent(name, run.samples());
            assertThat(run.isEmpty()).as(name).isTrue();
        }
    }
}
