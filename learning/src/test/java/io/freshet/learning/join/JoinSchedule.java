package io.freshet.learning.join;

import io.freshet.learning.join.Arrival.Changed;
import io.freshet.learning.join.Arrival.Outcome;
import io.freshet.learning.join.Arrival.Request;
import io.freshet.learning.join.Arrival.Watermark;
import io.freshet.learning.spec.Delayed;
import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.MissingOutcome;
import io.freshet.learning.spec.Several;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A specification, the records of one id, and an order in which they arrive. Times are few and close to each other, so
 * that boundaries and ties are common.
 */
record JoinSchedule(JoinSpec join, DoubleUnaryOperator nearest, List<Arrival> records, List<Arrival> arrivals) {

    private static final long START = 1_000;
    private static final int MAXIMUM_OUTCOMES = 8;
    private static final int MAXIMUM_WITHIN = 12;
    private static final double[] VALUES = {0, 1, 1, 0.1, 0.2, 0.3, -1, 3};
    private static final String[] NAMES = {"red", "green", "blue"};
    private static final String[] OUTCOME_IDS = {"a", "b", "c"};

    /** Draws records that arrive in any order, with watermarks anywhere between them. */
    static JoinSchedule any(Random random) {
        JoinSpec join = spec(random);
        List<Arrival> records = records(join, random);
        if (random.nextInt(4) == 0) {
            records.add(new Request(time(join, random), random.nextBoolean()));
        }
        if (random.nextInt(8) == 0) {
            records.remove(0);
        }
        List<Arrival> order = new ArrayList<>(records);
        Collections.shuffle(order, random);
        return new JoinSchedule(join, nearest(random), records, withWatermarks(join, order, random));
    }

    /** Like {@link #any}, but the specification changes on the way. */
    static JoinSchedule changing(Random random) {
        JoinSchedule schedule = any(random);
        List<Arrival> arrivals = new ArrayList<>(schedule.arrivals());
        for (int i = random.nextInt(3); i >= 0; i--) {
            arrivals.add(random.nextInt(arrivals.size()), new Changed(spec(random)));
        }
        // No state outlives the longest within and grace of any specification.
        for (int i = 1; i <= 3; i++) {
            arrivals.add(new Watermark(timeOf(schedule.records()) + 10_000L * i));
        }
        return new JoinSchedule(schedule.join(), schedule.nearest(), schedule.records(), arrivals);
    }

    private static long timeOf(List<Arrival> records) {
        return records.stream().mapToLong(JoinSchedule::timeOf).max().orElse(START);
    }

    /** Draws one request and its outcomes; {@link #records} alone matters. */
    static JoinSchedule records(Random random) {
        JoinSpec join = spec(random);
        return new JoinSchedule(join, nearest(random), records(join, random), List.of());
    }

    /**
     * Returns records in an order, with watermarks between them and one at the end of everything.
     *
     * @param isLate whether watermarks may pass records that follow them; never so far that state is deleted
     */
    static List<Arrival> inOrder(JoinSpec join, List<Arrival> order, boolean isLate, Random random) {
        List<Arrival> arrivals = new ArrayList<>();
        long reached = START - 10;
        long end = START + join.withinMillis() + join.graceMillis();
        for (int i = 0; i < order.size(); i++) {
            long limit = isLate
                    ? end - 1
                    : order.subList(i, order.size()).stream()
                                    .mapToLong(JoinSchedule::timeOf)
                                    .min()
                                    .orElseThrow()
                            - 1;
            while (random.nextInt(3) == 0) {
                long next = Math.min(limit, isLate ? boundary(join, random) : limit - random.nextInt(2));
                reached = Math.max(reached, next);
                arrivals.add(new Watermark(reached));
            }
            arrivals.add(order.get(i));
        }
        arrivals.add(new Watermark(end - 1));
        arrivals.add(new Watermark(end + join.withinMillis()));
        return arrivals;
    }

    static long timeOf(Arrival arrival) {
        return arrival instanceof Outcome outcome ? outcome.time() : ((Request) arrival).time();
    }

    private static List<Arrival> withWatermarks(JoinSpec join, List<Arrival> order, Random random) {
        List<Arrival> arrivals = new ArrayList<>();
        long reached = START - 10;
        int frequency = 1 + random.nextInt(4);
        for (Arrival arrival : order) {
            while (random.nextInt(1 + frequency) == 0) {
                reached = Math.max(reached, boundary(join, random) - random.nextInt(8));
                arrivals.add(new Watermark(reached));
            }
            arrivals.add(arrival);
        }
        arrivals.add(new Watermark(Math.max(reached, START) + 4 * (join.withinMillis() + join.graceMillis())));
        return arrivals;
    }

    private static DoubleUnaryOperator nearest(Random random) {
        return random.nextInt(3) == 0 ? JoinSchedule::nearestBinaryLabel : DoubleUnaryOperator.identity();
    }

    private static double nearestBinaryLabel(double value) {
        return Math.max(0, Math.min(1, value));
    }

    /** Returns the same records in an order of arrival. */
    JoinSchedule with(List<Arrival> order) {
        return new JoinSchedule(join, nearest, records, order);
    }

    private static JoinSpec spec(Random random) {
        long within = 1L + random.nextInt(MAXIMUM_WITHIN);
        long[] afters = {0, within / 2, random.nextInt((int) within + 1), within};
        long[] graces = {0, 1, random.nextInt(20), 50};
        long after = afters[random.nextInt(afters.length)];
        boolean waits = after == within && random.nextBoolean();
        Double missing =
                random.nextInt(3) == 0 ? null : random.nextInt(4) == 0 ? Double.valueOf(0.5) : Double.valueOf(0);
        return new JoinSpec(
                within,
                after,
                graces[random.nextInt(graces.length)],
                Several.values()[random.nextInt(Several.values().length)],
                MissingOutcome.of(missing, missing != null && random.nextInt(3) == 0 ? "shown" : null),
                waits ? Delayed.WAIT : Delayed.RETRACT,
                List.of());
    }

    private static List<Arrival> records(JoinSpec join, Random random) {
        List<Arrival> records = new ArrayList<>();
        records.add(new Request(START, random.nextInt(3) == 0));
        boolean areNames = !join.several().needsNumbers() && join.missing().label() == null && random.nextBoolean();
        int count = random.nextInt(MAXIMUM_OUTCOMES + 1);
        int ids = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            records.add(new Outcome(
                    time(join, random),
                    random.nextInt(2),
                    i,
                    random.nextInt(3) < ids ? OUTCOME_IDS[random.nextInt(OUTCOME_IDS.length)] : null,
                    value(areNames, random),
                    random.nextInt(4) == 0));
        }
        return records;
    }

    private static @Nullable Object value(boolean areNames, Random random) {
        if (random.nextInt(6) == 0) {
            return null;
        }
        return areNames ? NAMES[random.nextInt(NAMES.length)] : (Object) VALUES[random.nextInt(VALUES.length)];
    }

    private static long time(JoinSpec join, Random random) {
        return random.nextInt(4) == 0
                ? START - 2 + random.nextInt((int) join.withinMillis() + 5)
                : Math.min(boundary(join, random), START + join.withinMillis() + random.nextInt(2));
    }

    /** Returns a time around one at which something is due. */
    private static long boundary(JoinSpec join, Random random) {
        long[] due = {
            0,
            join.afterMillis(),
            join.withinMillis(),
            join.withinMillis() + join.graceMillis(),
            random.nextInt((int) join.withinMillis() + 1)
        };
        return START + due[random.nextInt(due.length)] + random.nextInt(3) - 1;
    }
}
