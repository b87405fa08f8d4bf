package io.freshet.learning.join;

import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.Several;
import java.util.function.DoubleUnaryOperator;

/** The label of a request at an event time: a function of the outcomes that count up to then. */
final class OutcomeLabel {
    private final JoinSpec join;
    private final DoubleUnaryOperator nearest;

    OutcomeLabel(JoinSpec join, DoubleUnaryOperator nearest) {
        this.join = join;
        this.nearest = nearest;
    }

    /** @return NaN if there is no label at that time */
    double at(JoinState state, long time) {
        int count = 0;
        double result = 0;
        for (JoinOutcome outcome : state.outcomes) {
            if (outcome.time() > time) {
                break;
            }
            if (outcome.hasValue()) {
                result = count == 0 ? outcome.value() : combined(result, outcome.value());
                count++;
            }
        }
        if (count == 0) {
            return missing(state, time);
        }
        // One outcome is no label either if it arrived as a part of a sum, before the specification changed.
        return nearest.applyAsDouble(join.several() == Several.MEAN ? result / count : result);
    }

    private double combined(double result, double value) {
        return switch (join.several()) {
            case FIRST -> result;
            case LAST -> value;
            case SUM, MEAN -> result + value;
            case MAX -> Math.max(result, value);
        };
    }

    private double missing(JoinState state, long time) {
        Double label = join.missing().label();
        return label != null && isExposed(state, time) ? label : Double.NaN;
    }

    private boolean isExposed(JoinState state, long time) {
        if (join.missing().exposure() == null || (state.request != null && state.request.exposed())) {
            return true;
        }
        for (JoinOutcome outcome : state.outcomes) {
            if (outcome.time() > time) {
                return false;
            }
            if (outcome.exposed()) {
                return true;
            }
        }
        return false;
    }

    /** @return milliseconds from the request to its first outcome with a value; -1 if there is none */
    long firstDelay(JoinState state, JoinRequest request) {
        for (JoinOutcome outcome : state.outcomes) {
            if (outcome.hasValue()) {
                return outcome.time() - request.time();
            }
        }
        return -1;
    }
}
