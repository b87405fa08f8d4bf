package io.freshet.schemas.loop;

import io.freshet.learning.evaluation.Metrics;
import org.jspecify.annotations.Nullable;

/**
 * Final labels against the predictions that were answered, for one value of one dimension.
 *
 * @param dimension {@link #ALL}, {@link #AGE}, {@link #LABEL}, or that of a field in {@code join.slices}
 * @param value of the dimension; empty for all answers, and for answers without a value; {@link #OTHER} for the rest
 * @param window metrics of the window; null if it is empty
 * @param total metrics since the start; null if there are none
 * @param windowExpected mean loss of the window that the predictions themselves expect; null without probabilities
 * @param totalExpected the same since the start
 */
public record ServedScore(
        String dimension,
        String value,
        @Nullable Metrics window,
        @Nullable Metrics total,
        @Nullable Double windowExpected,
        @Nullable Double totalExpected) {
    /** The dimension of all answers. */
    public static final String ALL = "";
    /** The dimension of the age of the parameters when they answered: {@code up to 1s}, and so on. */
    public static final String AGE = "age";
    /** The dimension of the label of the version that answered. */
    public static final String LABEL = "label";
    /** The value of all answers of a dimension whose values are not listed. */
    public static final String OTHER = "(other)";

    private static final String FIELD = " (field)";

    /** Returns the dimension of a field: its name, marked if it is that of another dimension. */
    public static String dimension(String field) {
        return field.equals(AGE) || field.equals(LABEL) ? field + FIELD : field;
    }
}
