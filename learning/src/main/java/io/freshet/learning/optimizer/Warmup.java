package io.freshet.learning.optimizer;

/**
 * Raises the rate linearly to the initial rate of another schedule, and then follows that schedule.
 *
 * <pre>
 *   eta_t = schedule(0) * (t + 1) / updates        t < updates
 *   eta_t = schedule(t - updates)                  t >= updates
 * </pre>
 *
 * In YAML, this is the field {@code warmup} of the other schedule, and it has that schedule's name and memory. The
 * memory includes the windows of the warm-up.
 *
 * @param schedule the schedule to follow; not a {@code Warmup}
 * @param updates at least 1
 */
public record Warmup(Schedule schedule, long updates) implements Schedule {
    public Warmup {
        if (schedule instanceof Warmup) {
            throw new IllegalArgumentException("schedule: " + schedule + " (expected: one without warm-up)");
        }
        if (updates < 1) {
            throw new IllegalArgumentException("warmup: " + updates + " (expected: at least 1)");
        }
    }

    @Override
    public String name() {
        return schedule.name();
    }

    @Override
    public double formula(double base, long t, double[] memory) {
        if (t < updates) {
            return schedule.formula(base, 0, memory) * (t + 1) / updates;
        }
        return schedule.formula(base, t - updates, memory);
    }

    @Override
    public double[] memory() {
        return schedule.memory();
    }

    @Override
    public void endWindow(double[] memory, double loss) {
        schedule.endWindow(memory, loss);
    }
}
