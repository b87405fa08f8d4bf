package io.freshet.cli.feed;

import io.freshet.cli.input.InputException;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec;
import java.util.List;
import java.util.function.Function;

/**
 * The number and order of epochs in which a run learns the rows of files, as its models specify.
 *
 * @param epochs epochs that each model learns
 * @param full whether the rows are passed once, and the learner repeats them as one full batch
 * @param shuffle whether each epoch has its own order
 * @param seed seed of these orders
 */
public record EpochPlan(int epochs, boolean full, boolean shuffle, long seed) {
    /** @throws InputException if the models specify different epochs or orders */
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
                                + " (expected: the same for all models that share the rows"
                                + (field.equals("batch.size") ? ", full for all or none)" : ")"));
            }
        }
    }

    /** Returns the number of times that the rows are passed to the learner. */
    public int passes() {
        return full ? 1 : epochs;
    }
}
