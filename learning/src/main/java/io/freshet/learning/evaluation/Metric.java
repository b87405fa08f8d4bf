package io.freshet.learning.evaluation;

import static io.freshet.learning.evaluation.Metric.Direction.HIGHER;
import static io.freshet.learning.evaluation.Metric.Direction.LOWER;
import static io.freshet.learning.evaluation.Metric.Direction.NEITHER;
import static io.freshet.learning.evaluation.Metric.Direction.ONE;
import static io.freshet.learning.evaluation.Metric.Trait.BRIEF;
import static io.freshet.learning.evaluation.Metric.Trait.MEAN;
import static io.freshet.learning.evaluation.Metric.Trait.ROOT;

import io.freshet.learning.loss.Task;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * All metrics of predictions, in the order in which people read them. Formats, commands, gates, and the page iterate over this
 * table; a {@link Tally} computes the values. A metric is absent for the tasks that it does not apply to, and where it is
 * undefined, such as the AUC of samples that all have the same label.
 */
public enum Metric {
    /** Mean loss, by weight. */
    LOSS("loss", "unit of the loss", LOWER, task -> true, MEAN),
    /**
     * Loss of the best constant prediction in hindsight: the entropy of the labels, their variance, or twice the share of the
     * rarer label.
     */
    BASELINE_LOSS(
            "constant",
            "unit of the loss",
            NEITHER,
            task -> task == Task.REGRESSION || task.isBinary() || task.hasClasses()),
    /** Share of samples whose predicted class was correct; for several labels or steps, share of those. */
    ACCURACY("accuracy", "0 to 1", HIGHER, task -> !task.isNumber() && task != Task.BOX, BRIEF, MEAN),
    /** Mean cross-entropy, natural logarithm. */
    LOG_LOSS("log loss", "nats", LOWER, task -> task == Task.BINARY || task.hasClasses(), MEAN),
    /** Area under the ROC curve. */
    AUC("AUC", "0 to 1", HIGHER, Task::isBinary, BRIEF),
    /** Average precision: the area under the precision-recall curve. */
    PR_AUC("PR AUC", "0 to 1", HIGHER, Task::isBinary, BRIEF),
    /**
     * Share of the predictions of a class that were correct. For two classes, this metric, the recall, and F1 are those of label
     * 1; for several binary outputs, of all of them together. For K classes, they are the means over the classes that occur
     * as a label or a prediction, where an undefined precision or recall counts as 0 (scikit-learn's macro average).
     */
    PRECISION("precision", "0 to 1", HIGHER, task -> task.isBinary() || task.hasClasses()),
    /** Share of the samples of a class that were predicted as such. */
    RECALL("recall", "0 to 1", HIGHER, task -> task.isBinary() || task.hasClasses()),
    /** Harmonic mean of precision and recall. */
    F1("F1", "0 to 1", HIGHER, task -> task.isBinary() || task.hasClasses(), BRIEF),
    /** Share of samples whose class is one of the k that are predicted to be likeliest. */
    TOP_K_ACCURACY("top-k", "0 to 1", HIGHER, Task::hasClasses, BRIEF, MEAN),
    /** Mean absolute error. */
    MAE("MAE", "unit of the label", LOWER, Task::isNumber, BRIEF, MEAN),
    /** Root of the mean squared error. */
    RMSE("RMSE", "unit of the label", LOWER, Task::isNumber, BRIEF, MEAN, ROOT),
    /** Coefficient of determination: 1 - squared error / variance of the labels; for several outputs, of their sums. */
    R2("R²", "no unit", HIGHER, Task::isNumber, BRIEF),
    /** Mean intersection over union of boxes, or of masks at probability 0.5. */
    IOU("IoU", "0 to 1", HIGHER, task -> task == Task.MASK || task == Task.BOX, BRIEF, MEAN),
    /** Mean prediction over mean label. */
    CALIBRATION("calibration", "no unit", ONE, task -> task.isNumber() || task == Task.BINARY);

    private static final Pattern NEXT_WORD = Pattern.compile("_(.)");

    /** Which values are better. */
    public enum Direction {
        LOWER("lower is better"),
        HIGHER("higher is better"),
        ONE("1 is ideal"),
        NEITHER("for comparison");

        private final String text;

        Direction(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /** Where a metric is used. */
    public enum Trait {
        /** Shown where a task has room for few metrics. */
        BRIEF,
        /** A mean over samples, so that its value over some of them follows from those before and after them. */
        MEAN,
        /** The root of such a mean. */
        ROOT
    }

    private final String label;
    private final String unit;
    private final Direction direction;
    private final Predicate<Task> tasks;
    private final Set<Trait> traits;

    Metric(String label, String unit, Direction direction, Predicate<Task> tasks, Trait... traits) {
        this.label = label;
        this.unit = unit;
        this.direction = direction;
        this.tasks = tasks;
        this.traits = Set.of(traits);
    }

    /** Returns the metrics for places with little room, besides the loss and its baseline. */
    public static List<Metric> brief() {
        return Arrays.stream(values()).filter(metric -> metric.is(BRIEF)).toList();
    }

    /** Returns the name in JSON and Avro, such as {@code logLoss}. */
    public String field() {
        return NEXT_WORD.matcher(key()).replaceAll(word -> word.group(1).toUpperCase(Locale.ROOT));
    }

    /** Returns the name in options and in the metadata of a model, such as {@code log_loss}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the name for people, such as {@code AUC}. */
    public String label() {
        return label;
    }

    /** Returns the name in tables of commands, such as {@code auc}. */
    public String column() {
        return label.toLowerCase(Locale.ROOT).replace('²', '2');
    }

    /** Returns the unit or the range of values. */
    public String unit() {
        return unit;
    }

    public Direction direction() {
        return direction;
    }

    /**
     * Returns whether samples of a task have this metric, unless it is undefined.
     *
     * @param topK how many of the likeliest classes count; 0 for none
     */
    public boolean appliesTo(Task task, int topK) {
        return tasks.test(task) && (this != TOP_K_ACCURACY || topK > 0);
    }

    public boolean is(Trait trait) {
        return traits.contains(trait);
    }
}
