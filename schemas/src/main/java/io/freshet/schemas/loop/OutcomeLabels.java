package io.freshet.schemas.loop;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.Several;
import io.freshet.learning.yaml.NameSuggestion;
import io.freshet.schemas.sample.Excerpt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The values that outcomes of a joined model can have.
 *
 * <p>If several outcomes become one label by a sum, each value is a part of it, and only has to be a number. Otherwise each value
 * is a label of its own. Not thread-safe.
 */
public final class OutcomeLabels {
    private static final int SHOWN_NAMES = 20;

    private final ModelSpec spec;
    private final boolean eachIsLabel;
    private final boolean exposable;
    private final Map<String, Integer> classes = new HashMap<>();
    private final float[] label = new float[1];

    /** @throws IllegalArgumentException if the model has no join */
    public OutcomeLabels(ModelSpec spec) {
        this.spec = spec;
        JoinSpec join = spec.join();
        if (join == null) {
            throw new IllegalArgumentException("model " + spec.name() + ": no join (expected: one)");
        }
        eachIsLabel = join.several() != Several.SUM;
        exposable = join.missing().exposure() != null;
        for (String name : spec.labels()) {
            classes.put(name, classes.size());
        }
    }

    /**
     * Checks what an outcome says of the model: a value, or that an answer was shown.
     *
     * @throws InvalidSampleException if it says nothing, or no outcome of the model has its value
     */
    public void check(OutcomeRecord outcome) throws InvalidSampleException {
        if (outcome.value() != null) {
            number(outcome.value());
        } else if (!exposable && outcome.exposures().isEmpty()) {
            throw InvalidSampleException.of(
                    OutcomeRecord.VALUE,
                    "missing",
                    classes.isEmpty() ? "a number, as " + spec.name() + " has no join.exposure" : expectedNames());
        }
    }

    /**
     * Returns a value as a number: that of the class for a model whose labels are names, and 0 for -1 if there are two classes.
     *
     * @throws InvalidSampleException if no outcome of the model has this value
     */
    public double number(OutcomeValue value) throws InvalidSampleException {
        if (!classes.isEmpty()) {
            Integer number = classes.get(value instanceof OutcomeValue.Number sent ? sent.json() : value.text());
            if (number == null) {
                // A number that is sent as 1.0 is also the class 1.
                number = classes.get(value.text());
            }
            if (number == null) {
                throw invalid(value, expectedNames() + NameSuggestion.hint(value.text(), spec.labels()));
            }
            return number;
        }
        if (!(value instanceof OutcomeValue.Number sent)) {
            throw invalid(value, "a number");
        }
        double number = eachIsLabel && spec.loss().task().isBinary() && sent.value() == -1 ? 0 : sent.value();
        label[0] = (float) number;
        String expected = eachIsLabel
                ? spec.loss().labelExpectation(label, spec.outputs())
                : Float.isFinite(label[0]) ? null : InvalidSampleException.expectedNumber(number);
        if (expected != null) {
            throw invalid(value, expected);
        }
        return number;
    }

    private static InvalidSampleException invalid(OutcomeValue value, String expected) {
        return InvalidSampleException.of(OutcomeRecord.VALUE, Excerpt.of(value.text()), expected);
    }

    private String expectedNames() {
        List<String> names = spec.labels();
        String shown = String.join(", ", names.subList(0, Math.min(SHOWN_NAMES, names.size())));
        return "one of " + shown + (names.size() > SHOWN_NAMES ? ", ... (" + names.size() + " in all)" : "");
    }
}
