package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Numbers.flag;
import static io.freshet.learning.yaml.Numbers.integer;
import static io.freshet.learning.yaml.Numbers.integerOr;
import static io.freshet.learning.yaml.Numbers.number;
import static io.freshet.learning.yaml.Numbers.whole;

import io.freshet.learning.optimizer.LookAhead;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.Schedule;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Names;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.Type;
import io.freshet.learning.yaml.Variants;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How samples update the parameters.
 *
 * @param update how a batch updates the parameters
 * @param batch samples per update
 * @param passes passes over a bounded input
 * @param holdout share of samples that are predicted but not learned, in [0, 1)
 * @param replicas that share the learning; null for one learner
 */
public record TrainingSpec(
        Update update,
        BatchSpec batch,
        Passes passes,
        double holdout,
        @Nullable ReplicaSettings replicas) {
    public static final int MAXIMUM_EPOCHS = 1_000_000;
    private static final String OPTIMIZER = "optimizer";

    /** Without replicas. */
    public TrainingSpec(Update update, BatchSpec batch, Passes passes, double holdout) {
        this(update, batch, passes, holdout, null);
    }

    /**
     * One update of the parameters.
     *
     * @param optimizer converts a gradient to a change
     * @param schedule of the learning rate
     * @param regularization penalties on the parameters
     * @param clip limits of a gradient
     */
    public record Update(RatedOptimizer optimizer, Schedule schedule, Regularization regularization, Clip clip) {
        private static final Section<RatedOptimizer> OPTIMIZER = RatedOptimizer.fields(TrainingSpec::defaultOptimizer);

        private static final Section<Update> FIELDS = Section.of(
                Update.class,
                Field.of(TrainingSpec.OPTIMIZER, OPTIMIZER),
                Field.of("schedule", ScheduleTable.FIELDS),
                Field.of("regularization", Regularization.FIELDS),
                Field.of("clip", Clip.FIELDS));

        Update with(Optimizer other) {
            return new Update(new RatedOptimizer(other.defaultLearningRate(), other), schedule, regularization, clip);
        }
    }

    /**
     * Limits of the gradient of one update; infinite to disable.
     *
     * @param value largest magnitude of each component
     * @param norm largest Euclidean norm of the whole gradient, applied after {@code value}
     */
    public record Clip(double value, double norm) {
        public static final Clip NONE = new Clip(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

        private static final Type<Double> LIMIT = number(limit -> (float) limit > 0, "> 0");

        private static final Section<Clip> FIELDS =
                Section.of(Clip.class, limit("value"), limit("norm")).means("""
                value: Largest magnitude of each component of a gradient
                norm: Largest Euclidean norm of a gradient, after `clip.value`
                """);

        private static Field<Double> limit(String name) {
            return Field.of(name, LIMIT)
                    .or(in -> Double.POSITIVE_INFINITY, Field.NONE)
                    .omit(limit -> limit.isInfinite());
        }
    }

    /**
     * Samples per update.
     *
     * @param size at least 1; {@link #FULL} for a whole bounded input
     * @param maximumDelayMillis maximum event-time span of a batch, from its first sample; 0 for no limit
     */
    public record BatchSpec(int size, long maximumDelayMillis) {
        public static final int FULL = Integer.MAX_VALUE;
        private static final int MAXIMUM = 1 << 16;

        private static final Section<BatchSpec> FIELDS = Section.of(
                        BatchSpec.class,
                        Field.of("size", integerOr("full", FULL, 1, MAXIMUM), 1),
                        Field.of("maxDelayMillis", whole(0, Long.MAX_VALUE), 0L))
                .means("""
                size: Samples per update (`scale-free` and `normalized-adagrad` make one for each sample); `full` is all \
                of a bounded input, once per epoch. Short form: `batch: 32`
                maxDelayMillis: Maximum event-time span of a batch, from its first sample; 0 for no limit
                """)
                .shortBy("size");

        public boolean isFull() {
            return size == FULL;
        }
    }

    /**
     * Passes over a bounded input.
     *
     * @param epochs number of passes
     * @param shuffle whether each epoch is shuffled, using the model's seed
     * @param earlyStopping when to stop before the last epoch
     */
    public record Passes(int epochs, boolean shuffle, EarlyStopping earlyStopping) {
        private static final Section<Passes> FIELDS = Section.of(
                        Passes.class,
                        Field.of("epochs", integer(1, MAXIMUM_EPOCHS), 1),
                        Field.of("shuffle", flag(), false),
                        Field.of("earlyStopping", EarlyStopping.FIELDS))
                .means("""
                epochs: Passes of `freshet train` over its file, or of the learner over a full batch
                shuffle: Whether `freshet train` shuffles the samples again for each epoch, using the seed
                """);
    }

    /**
     * Stops a bounded run when the hold-out loss has not improved on the best by {@code minimumImprovement} for {@code
     * patience} epochs in a row.
     *
     * @param patience in epochs; 0 to disable
     * @param minimumImprovement in the unit of the loss
     * @param restoreBest whether the run ends with the parameters of the epoch with the lowest hold-out loss, rather than those
     *     of the last
     */
    public record EarlyStopping(int patience, double minimumImprovement, boolean restoreBest) {
        public static final EarlyStopping NEVER = new EarlyStopping(0, 0, true);

        private static final Section<EarlyStopping> FIELDS = Section.of(
                        EarlyStopping.class,
                        Field.of("patience", integer(0, MAXIMUM_EPOCHS), 0),
                        Field.of("minimumImprovement", number(value -> value >= 0, ">= 0"), 0.0),
                        Field.of("restore", Names.oneOf(Map.of("best", true, "last", false)), true))
                .means("""
                patience: A bounded run stops after this number of consecutive epochs without a better hold-out loss; 0 to \
                disable
                minimumImprovement: Improvement, in units of the loss, that makes an epoch better
                restore: `best`: the run ends with the parameters of the epoch with the lowest hold-out loss; `last`: with \
                those of the last epoch
                """);
    }

    static final Section<TrainingSpec> FIELDS = Section.of(
                    TrainingSpec.class,
                    Update.FIELDS,
                    Field.of("batch", BatchSpec.FIELDS),
                    Passes.FIELDS,
                    Field.of("holdout", number(value -> value >= 0 && value < 1, "in [0, 1)"), 0.0),
                    Field.of("replicas", ReplicaSpec.FIELDS).optional())
            .means("""
                holdout: Share of the samples, by hash of their id, that are predicted but never learned
                """);

    /** Returns the name of the optimizer of a specification that names none. */
    private static String defaultOptimizer(Mapping in) {
        Optimizer optimizer = DefaultOptimizer.of(in).optimizer();
        // A rate alone is one of sgd where the default has none.
        return in.has("learningRate") && !optimizer.hasLearningRate() ? "sgd" : optimizer.name();
    }

    public Optimizer optimizer() {
        return update.optimizer.optimizer();
    }

    public double learningRate() {
        return update.optimizer.learningRate();
    }

    public Schedule schedule() {
        return update.schedule();
    }

    /** Returns a new array with the memory of the optimizer or the schedule, before the first update. */
    public double[] memory() {
        return optimizer() instanceof LookAhead ahead
                ? ahead.memory()
                : schedule().memory();
    }

    public Regularization regularization() {
        return update.regularization();
    }

    public Clip clip() {
        return update.clip();
    }

    public int epochs() {
        return passes.epochs();
    }

    public boolean shuffle() {
        return passes.shuffle();
    }

    public EarlyStopping earlyStopping() {
        return passes.earlyStopping();
    }

    TrainingSpec withEpochs(int epochs) {
        return new TrainingSpec(update, batch, new Passes(epochs, shuffle(), earlyStopping()), holdout, replicas);
    }

    /** Returns a document whose optimizer is this one, with the fields of the document's own, unless it names a type. */
    Map<?, ?> withOptimizer(Map<?, ?> document) {
        Object own = document.get(OPTIMIZER);
        if (own != null && !(own instanceof Map<?, ?> fields && fields.get(Variants.TYPE) == null)) {
            return document;
        }
        Map<Object, Object> optimizer = new LinkedHashMap<>(Update.OPTIMIZER.fields(update.optimizer));
        if (own instanceof Map<?, ?> fields) {
            fields.forEach((field, value) -> {
                if (value != null) {
                    optimizer.put(field, value);
                }
            });
        }
        Map<Object, Object> changed = new LinkedHashMap<>(document);
        changed.put(OPTIMIZER, optimizer);
        return changed;
    }
}
