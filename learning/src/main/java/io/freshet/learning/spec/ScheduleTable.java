package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Numbers.flag;
import static io.freshet.learning.yaml.Numbers.integer;
import static io.freshet.learning.yaml.Numbers.whole;

import io.freshet.learning.optimizer.Constant;
import io.freshet.learning.optimizer.CosineDecay;
import io.freshet.learning.optimizer.ExponentialDecay;
import io.freshet.learning.optimizer.InverseDecay;
import io.freshet.learning.optimizer.PlateauDecay;
import io.freshet.learning.optimizer.Schedule;
import io.freshet.learning.optimizer.StepDecay;
import io.freshet.learning.optimizer.Warmup;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.Variants;
import java.util.Map;

/**
 * All learning rate schedules by YAML name, with the defaults and ranges of their hyperparameters. Each can have a warm-up,
 * in updates; 0 to disable.
 */
public final class ScheduleTable {
    private static final long MOST = 1L << 53;

    public static final Variants<Schedule> ALL = Variants.<Schedule>of(Map.of(
                    "constant",
                    Section.of(Constant.class),
                    "step",
                    Section.of(StepDecay.class, StepDecay.GAMMA.field(), Field.of("every", whole(1, MOST), 10_000L)),
                    "exponential",
                    Section.of(ExponentialDecay.class, ExponentialDecay.GAMMA.field()),
                    "cosine",
                    Section.of(
                            CosineDecay.class,
                            Field.of("steps", whole(1, MOST), 100_000L),
                            CosineDecay.MINIMUM.field(),
                            Field.of("restarts", flag(), false)),
                    "inverse",
                    Section.of(InverseDecay.class, InverseDecay.TAU.field(), InverseDecay.POWER.field()),
                    "plateau",
                    Section.of(
                            PlateauDecay.class,
                            PlateauDecay.GAMMA.field(),
                            Field.of("patience", integer(1), 10),
                            PlateauDecay.THRESHOLD.field())))
            .means("""
                type: Rule for the learning rate as a function of the number of updates. Short form: `schedule: cosine`
                gamma: Factor by which the rate is multiplied
                every: Updates between two multiplications
                steps: Updates until the rate is at its minimum
                minimum: Final rate; not above `optimizer.learningRate`
                restarts: Whether the rate returns to the optimizer's after `steps` updates
                tau: Updates after which the rate is divided by 2^power
                power: How fast the rate falls: 0.5 as the root of the updates, 1 as their number
                patience: Consecutive windows without a better loss before the rate is multiplied
                threshold: Relative improvement on the best loss that counts as better
                """)
            .or("constant");

    public static final Section<Schedule> FIELDS = Section.of(
                    Warmed.class, ALL, Field.of("warmup", whole(0, MOST), 0L).omit(updates -> updates == 0))
            .means("""
                warmup: Updates over which the rate rises in equal steps before the schedule begins; 0 to disable
                """)
            .shortBy(Variants.TYPE)
            .as(Warmed::toSchedule, Warmed::of);

    private ScheduleTable() {}

    /** A schedule after a warm-up, which may have no updates. */
    private record Warmed(Schedule schedule, long updates) {
        static Warmed of(Schedule schedule) {
            return schedule instanceof Warmup warmup
                    ? new Warmed(warmup.schedule(), warmup.updates())
                    : new Warmed(schedule, 0);
        }

        Schedule toSchedule() {
            return updates == 0 ? schedule : new Warmup(schedule, updates);
        }
    }
}
