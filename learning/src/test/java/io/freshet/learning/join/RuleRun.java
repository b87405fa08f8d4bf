package io.freshet.learning.join;

import io.freshet.learning.features.Stage;
import io.freshet.learning.join.Arrival.Changed;
import io.freshet.learning.join.Arrival.Outcome;
import io.freshet.learning.join.Arrival.Request;
import io.freshet.learning.join.Arrival.Watermark;
import io.freshet.learning.spec.JoinSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Feeds arrivals to {@link JoinRule} as the join job does: a watermark reaches it only through its timer, and its state is
 * written and read again at any time.
 */
final class RuleRun implements JoinListener {
    private static final List<String> NAMES = List.of("red", "green", "blue");
    private static final byte[] CONTENT = {1, 2, 3};

    private final List<JoinOracle.Sample> samples = new ArrayList<>();
    private final List<JoinOracle.Unjoined> unjoined = new ArrayList<>();
    private final List<Object> closedWith = new ArrayList<>();
    private final DoubleUnaryOperator nearest;
    private JoinRule rule;
    private final Random restarts;
    private final boolean areNames;
    private JoinState state = new JoinState();
    private long watermark = Long.MIN_VALUE;
    private long doubled;
    private long contradictions;
    private int full;

    private RuleRun(JoinSpec join, DoubleUnaryOperator nearest, boolean areNames, long seed) {
        // Every number of a name is a label.
        this.nearest = areNames ? DoubleUnaryOperator.identity() : nearest;
        rule = new JoinRule(join, this.nearest, this);
        this.areNames = areNames;
        restarts = new Random(seed);
    }

    /** @param seed of when the state is written and read again */
    static RuleRun of(JoinSchedule schedule, long seed) {
        List<Arrival> arrivals = schedule.arrivals();
        boolean areNames = arrivals.stream()
                        .anyMatch(arrival -> arrival instanceof Outcome outcome && outcome.value() instanceof String)
                && arrivals.stream().noneMatch(Changed.class::isInstance);
        RuleRun run = new RuleRun(schedule.join(), schedule.nearest(), areNames, seed);
        arrivals.forEach(run::add);
        return run;
    }

    List<JoinOracle.Sample> samples() {
        return samples;
    }

    List<JoinOracle.Unjoined> unjoined() {
        return unjoined;
    }

    List<Object> closedWith() {
        return closedWith;
    }

    long doubled() {
        return doubled;
    }

    long contradictions() {
        return contradictions;
    }

    int full() {
        return full;
    }

    boolean isEmpty() {
        return state.isEmpty();
    }

    private void add(Arrival arrival) {
        if (arrival instanceof Request request) {
            JoinRule.Arrival result =
                    rule.request(state, new JoinRequest(request.time(), request.exposed(), CONTENT), watermark);
            doubled += result == JoinRule.Arrival.DOUBLED ? 1 : 0;
            if (result == JoinRule.Arrival.LATE) {
                unjoined.add(new JoinOracle.Unjoined(request, "late"));
            }
        } else if (arrival instanceof Outcome outcome) {
            rule.outcome(state, outcome(outcome), watermark);
        } else if (arrival instanceof Watermark next) {
            watermark = Math.max(watermark, next.time());
            if (state.timer() > watermark) {
                return;
            }
            rule.advance(state, watermark);
        } else if (arrival instanceof Changed next) {
            rule = new JoinRule(next.join(), nearest, this);
            return;
        }
        state.setTimer(rule.nextTime(state));
        if (state.timer() <= watermark) {
            throw new AssertionError("timer " + state.timer() + " at " + watermark + ", which fires for ever");
        }
        if (restarts.nextInt(3) == 0) {
            try {
                state = JoinStateCodecTest.read(JoinStateCodecTest.write(state));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static JoinOutcome outcome(Outcome outcome) {
        Object value = outcome.value();
        double number =
                value == null ? Double.NaN : value instanceof String name ? NAMES.indexOf(name) : (Double) value;
        return new JoinOutcome(
                outcome.time(),
                outcome.partition(),
                outcome.offset(),
                number,
                outcome.outcomeId(),
                outcome.exposed(),
                CONTENT);
    }

    private Outcome outcome(JoinOutcome outcome) {
        return new Outcome(
                outcome.time(),
                outcome.partition(),
                outcome.offset(),
                outcome.outcomeId(),
                label(outcome.value()),
                outcome.exposed());
    }

    private @Nullable Object label(double number) {
        if (Double.isNaN(number)) {
            return null;
        }
        return areNames ? NAMES.get((int) number) : (Object) number;
    }

    @Override
    public void emit(JoinRequest request, JoinEmission emission) {
        samples.add(new JoinOracle.Sample(
                emission.stage().number(),
                Objects.requireNonNull(label(emission.label())),
                emission.stage() == Stage.CHANGED ? label(emission.previous()) : null));
    }

    @Override
    public void unjoined(JoinOutcome outcome, Unjoined reason) {
        unjoined.add(new JoinOracle.Unjoined(outcome(outcome), reason.name().toLowerCase(Locale.ROOT)));
    }

    @Override
    public void doubled(JoinOutcome outcome, boolean contradicts) {
        doubled++;
        contradictions += contradicts ? 1 : 0;
    }

    @Override
    public void full(JoinOutcome outcome) {
        full++;
    }

    @Override
    public void closed(JoinRequest request, double label, long delayMillis) {
        Object last = label(label);
        if (last != null) {
            closedWith.add(last);
        }
    }
}
