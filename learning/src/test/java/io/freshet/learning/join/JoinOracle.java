package io.freshet.learning.join;

import io.freshet.learning.join.Arrival.Outcome;
import io.freshet.learning.join.Arrival.Request;
import io.freshet.learning.join.Arrival.Watermark;
import io.freshet.learning.spec.JoinSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The join of one id, written from the sentences of {@code docs/loop.md} and nothing else. It keeps records, never a
 * result derived from them, and computes labels again from all of them at each arrival.
 */
final class JoinOracle {
    /** A sample, in the order of emission. */
    record Sample(int stage, Object label, @Nullable Object previous) {}

    /** A record that was not joined, and why. */
    record Unjoined(Arrival record, String reason) {}

    static final int COMPLETE = 0;
    static final int OPEN = 1;
    static final int CHANGED = 2;
    static final int CLOSED = 3;

    private final JoinSpec join;
    private final DoubleUnaryOperator nearest;
    private final List<Sample> samples = new ArrayList<>();
    private final List<Unjoined> unjoined = new ArrayList<>();
    private final List<Object> closedWith = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private @Nullable Request request;
    private @Nullable Object last;
    private boolean sawClose;
    private long watermark = Long.MIN_VALUE;
    private long doubled;
    private long contradictions;

    private JoinOracle(JoinSpec join, DoubleUnaryOperator nearest) {
        this.join = join;
        this.nearest = nearest;
    }

    /** Returns what the join has done after all arrivals. */
    static JoinOracle of(JoinSchedule schedule) {
        JoinOracle oracle = new JoinOracle(schedule.join(), schedule.nearest());
        schedule.arrivals().forEach(oracle::add);
        oracle.tallyDoubles();
        return oracle;
    }

    List<Sample> samples() {
        return samples;
    }

    List<Unjoined> unjoined() {
        return unjoined;
    }

    /** Returns the label of each request at the end of its attribution, those with one. */
    List<Object> closedWith() {
        return closedWith;
    }

    long doubled() {
        return doubled;
    }

    long contradictions() {
        return contradictions;
    }

    private void add(Arrival arrival) {
        if (arrival instanceof Request next) {
            request(next);
        } else if (arrival instanceof Outcome outcome) {
            outcome(outcome);
        } else if (arrival instanceof Watermark next) {
            advance(next.time());
        }
    }

    private void request(Request next) {
        if (request != null) {
            doubled++;
        } else if (next.time() + join.withinMillis() + join.graceMillis() <= watermark) {
            unjoined.add(new Unjoined(next, "late"));
        } else {
            request = next;
            outcomes.stream()
                    .filter(outcome -> !isInside(outcome))
                    .forEach(outcome -> unjoined.add(new Unjoined(outcome, "outside")));
            outcomes.removeIf(outcome -> !isInside(outcome));
            emitFirst();
            close();
        }
    }

    private void outcome(Outcome outcome) {
        if (request == null) {
            if (isExpired(outcome)) {
                unjoined.add(new Unjoined(outcome, "late"));
            } else {
                outcomes.add(outcome);
            }
            return;
        }
        if (!isInside(outcome)) {
            unjoined.add(new Unjoined(outcome, "outside"));
            return;
        }
        boolean isLate = outcome.time() <= watermark;
        if (isLate && last != null && join.delayed().waits() && !isDouble(outcome)) {
            unjoined.add(new Unjoined(outcome, "late"));
            return;
        }
        outcomes.add(outcome);
        if (isLate && last == null) {
            emitFirst();
            close();
        } else if (isLate) {
            change(Math.min(watermark, request.time() + join.withinMillis()));
        }
    }

    private void advance(long time) {
        long before = watermark;
        watermark = Math.max(watermark, time);
        if (request == null) {
            outcomes.stream()
                    .filter(this::isExpired)
                    .sorted(Outcome.ORDER)
                    .forEach(outcome -> unjoined.add(new Unjoined(outcome, "orphan")));
            outcomes.removeIf(this::isExpired);
            return;
        }
        if (last == null) {
            emitFirst();
        } else {
            changeAfter(before);
        }
        close();
        if (request.time() + join.withinMillis() + join.graceMillis() <= watermark) {
            tallyDoubles();
            request = null;
            last = null;
            sawClose = false;
            outcomes.clear();
        }
    }

    /** At the earliest time in [r + after, r + within] at which there is a label. */
    private void emitFirst() {
        long r = Objects.requireNonNull(request).time();
        TreeSet<Long> times = new TreeSet<>(List.of(r + join.afterMillis()));
        outcomes.forEach(outcome -> times.add(outcome.time()));
        for (long time : times.tailSet(r + join.afterMillis())) {
            Object label = time <= watermark && time <= r + join.withinMillis() ? label(time) : null;
            if (label != null) {
                samples.add(new Sample(join.afterMillis() == join.withinMillis() ? COMPLETE : OPEN, label, null));
                last = label;
                changeAfter(time);
                return;
            }
        }
    }

    /** At each later time of an outcome that the watermark has reached. */
    private void changeAfter(long start) {
        long end = Math.min(watermark, Objects.requireNonNull(request).time() + join.withinMillis());
        TreeSet<Long> times = new TreeSet<>();
        outcomes.forEach(outcome -> times.add(outcome.time()));
        times.stream().filter(time -> time > start && time <= end).forEach(this::change);
    }

    private void change(long time) {
        Object label = label(time);
        if (label != null && !label.equals(last)) {
            samples.add(new Sample(CHANGED, label, last));
            last = label;
        }
    }

    private void close() {
        long end = Objects.requireNonNull(request).time() + join.withinMillis();
        if (end > watermark) {
            return;
        }
        Object label = label(end);
        if (!sawClose && label != null) {
            closedWith.add(label);
        }
        if (last != null && label != null && join.afterMillis() < join.withinMillis() && !hasClosed()) {
            samples.add(new Sample(CLOSED, label, null));
        }
        sawClose = true;
    }

    private boolean hasClosed() {
        for (int i = samples.size() - 1; i >= 0 && samples.get(i).stage() != OPEN; i--) {
            if (samples.get(i).stage() == CLOSED) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Object label(long time) {
        List<Object> values = counting().stream()
                .filter(outcome -> outcome.time() <= time)
                .map(outcome -> (Object) Objects.requireNonNull(outcome.value()))
                .toList();
        if (!values.isEmpty()) {
            return combine(values);
        }
        boolean isExposed = join.missing().exposure() == null
                || Objects.requireNonNull(request).exposed()
                || outcomes.stream().anyMatch(outcome -> outcome.exposed() && outcome.time() <= time);
        return isExposed ? join.missing().label() : null;
    }

    private Object combine(List<Object> values) {
        return switch (join.several()) {
            case FIRST -> label(values.get(0));
            case LAST -> label(values.get(values.size() - 1));
            case SUM -> nearest.applyAsDouble(sum(values));
            case MEAN -> nearest.applyAsDouble(sum(values) / values.size());
            case MAX ->
                nearest.applyAsDouble(
                        values.stream().mapToDouble(Double.class::cast).max().orElseThrow());
        };
    }

    private Object label(Object value) {
        return value instanceof Double number ? (Object) nearest.applyAsDouble(number) : value;
    }

    private static double sum(List<Object> values) {
        double sum = 0;
        for (Object value : values) {
            sum += (Double) value;
        }
        return sum;
    }

    /** Those with a value, in order, without doubles. */
    private List<Outcome> counting() {
        List<Outcome> counting = new ArrayList<>();
        outcomes.stream()
                .filter(outcome -> outcome.value() != null)
                .sorted(Outcome.ORDER)
                .filter(outcome -> counting.stream().noneMatch(earlier -> isSame(earlier, outcome)))
                .forEach(counting::add);
        return counting;
    }

    private static boolean isSame(Outcome earlier, Outcome later) {
        if (earlier.outcomeId() != null || later.outcomeId() != null) {
            return Objects.equals(earlier.outcomeId(), later.outcomeId());
        }
        return earlier.time() == later.time() && Objects.equals(earlier.value(), later.value());
    }

    private boolean isDouble(Outcome outcome) {
        return outcome.value() != null
                && counting().stream()
                        .anyMatch(earlier -> isSame(earlier, outcome) && Outcome.ORDER.compare(earlier, outcome) < 0);
    }

    private void tallyDoubles() {
        if (request == null) {
            return;
        }
        List<Outcome> counting = counting();
        for (Outcome outcome : outcomes) {
            if (outcome.value() != null && !counting.contains(outcome)) {
                doubled++;
                Outcome counted = counting.stream()
                        .filter(other -> isSame(other, outcome))
                        .findFirst()
                        .orElseThrow();
                contradictions += Objects.equals(counted.value(), outcome.value()) ? 0 : 1;
            }
        }
    }

    private boolean isInside(Outcome outcome) {
        long delay = outcome.time() - Objects.requireNonNull(request).time();
        return delay >= 0 && delay <= join.withinMillis();
    }

    private boolean isExpired(Outcome outcome) {
        return outcome.time() + join.withinMillis() + join.graceMillis() <= watermark;
    }
}
