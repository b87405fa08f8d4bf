package io.freshet.cli.feed;

import io.freshet.cli.input.InputException;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec;
import java.util.List;
import java.util.function.Function;

/**
 * How often a bounded run sends its rows, and in which order: what the models that learn them say.
 *
 * @param epochs passes that models learn
 * @param full whether the rows are sent once, and the learner repeats them as one batch
 * @param shuffle whether each pass has an order of its own
 * @param seed of these orders
 */
public record EpochPlan(int epochs, boolean full, boolean shuffle, long seed) {
    /** @throws InputException if the models want different rows, or other orders of them: they share one topic */
    public static EpochPlan of(List<ModelSpec> specs) throws InputException {
        TrainingSpec training = specs.get(0).training();
        requireSame(specs, "epochs", spec -> spec.training().epochs());
        boolean full = training.batch().isFull();
        requireSame(
                specs,
                "batch.size",
                spec -> spec.training().batch().isFull() == full
                        ? ""
                        : spec.training().batch().size());
        requireSame(specs, "shuffle", spec -> spec.training().shuffle());
        boolean shuffle = training.shuffle() && !full;
        if (shuffle) {
            requireSame(specs, "seed", ModelSpec::seed);
        }
        return new EpochPlan(training.epochs(), full, shuffle, specs.get(0).seed());
    }

    private static void requireSame(List<ModelSpec> specs, String field, Function<ModelSpec, Object> value)
            throws InputException {
        Object first = value.apply(specs.get(0));
        for (ModelSpec spec : specs) {
            if (!value.apply(spec).equals(first)) {
                throw new InputException(
                        field + ": differs between " + specs.get(0).name() + " and " + spec.name()
                                + " (expected: the same for all models that learn one stream of rows"
                                + (field.equals("batch.size") ? ", full for all or none)" : ")"));
            }
        }
    }

    /** Returns how often the rows are sent. */
    public int sent() {
        return full ? 1 : epochs;
    }
}
