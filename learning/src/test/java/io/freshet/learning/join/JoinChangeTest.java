package io.freshet.learning.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.Delayed;
import io.freshet.learning.spec.JoinSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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

    /** Labels at the end of the attribution do not depend on when samples are emitted. */
    @Test
    void labels_do_not_depend_on_changes_of_delayed_if_nothing_is_late() {
        Random random = new Random(SEED);
        int opened = 0;
        for (int i = 0; i < SCHEDULES; i++) {
            JoinSchedule schedule = JoinSchedule.records(random);
            List<Arrival> order = new ArrayList<>(schedule.records());
            Collections.shuffle(order, random);
            List<Arrival> arrivals = JoinSchedule.inOrder(schedule.join(), order, false, random);
            arrivals.add(0, new Arrival.Changed(schedule.join()));
            RuleRun unchanged = RuleRun.of(with(arrivals, schedule), i);
            for (Delayed delayed : Delayed.values()) {
                arrivals.add(random.nextInt(arrivals.size()), new Arrival.Changed(with(delayed, schedule.join())));
            }
            JoinSchedule changing = with(arrivals, schedule);
            RuleRun run = RuleRun.of(changing, i);
            Supplier<String> name = () -> "seed " + SEED + ": " + changing.join() + ", " + changing.arrivals();
            assertThat(run.unjoined())
                    .as(name)
                    .noneMatch(record -> record.reason().equals("late"));
            assertThat(run.closedWith()).as(name).isEqualTo(unchanged.closedWith());
            assertThat(SampleChain.requireConsistent(name, run.samples()))
                    .as(name)
                    .isEqualTo(SampleChain.requireConsistent(name, unchanged.samples()));
            opened += run.samples().stream().anyMatch(sample -> sample.stage() == JoinOracle.OPEN) ? 1 : 0;
        }
        assertThat(opened).isGreaterThan(SCHEDULES / 10);
    }

    private static JoinSchedule with(List<Arrival> arrivals, JoinSchedule schedule) {
        return new JoinSchedule(schedule.join(), schedule.nearest(), schedule.records(), List.copyOf(arrivals));
    }

    private static JoinSpec with(Delayed delayed, JoinSpec join) {
        return new JoinSpec(
                join.withinMillis(),
                delayed.waits() ? join.withinMillis() : join.withinMillis() / 2,
                join.graceMillis(),
                join.several(),
                join.missing(),
                delayed,
                join.slices());
    }
}
