package io.freshet.learning.evaluation;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * All samples of a model have the same class, so it cannot have learned to tell classes apart. Its accuracy is then perfect,
 * and worthless.
 *
 * <p>For a model with a key, the total of all keys is judged, since one key may well have one class only.
 *
 * @param number of the class, from 0; for a two-class loss, label 0 or 1
 * @param samples count of samples, at least {@value #MINIMUM_SAMPLES}
 */
public record OneClass(int number, long samples) {
    /** Fewer samples may have one class because the others are rare, or come later. */
    public static final long MINIMUM_SAMPLES = 1000;

    /** Returns the only class of the samples in a tally; see {@link #of(Collection)}. */
    public static @Nullable OneClass of(Tally total) {
        return of(List.of(total));
    }

    /**
     * Returns the only class of the samples of all keys of a model. Returns null if there are several or not enough samples, if
     * their classes are unknown, or if their labels are not one class each. Takes no longer than it takes to find a second class.
     */
    public static @Nullable OneClass of(Collection<Tally> keys) {
        int only = -1;
        long samples = 0;
        for (Tally key : keys) {
            samples += key.samples();
            double[] weights = key.classWeights();
            for (int i = 0; i < weights.length; i++) {
                boolean isOther = weights[i] > 0 && only >= 0 && i != only;
                if (isOther || Double.isNaN(weights[i])) {
                    return null;
                }
                only = weights[i] > 0 ? i : only;
            }
        }
        return only < 0 || samples < MINIMUM_SAMPLES ? null : new OneClass(only, samples);
    }

    /**
     * Returns the problem in words, such as {@code delayed: 0 in all 12,345 samples (expected: samples of two or more classes)}.
     *
     * @param label field of the label
     * @param names of the classes; empty if they have none
     */
    public String text(String label, List<String> names) {
        String name = number < names.size() ? names.get(number) : Integer.toString(number);
        return String.format(
                Locale.ROOT,
                "%s: %s in all %,d samples (expected: samples of two or more classes)",
                label,
                name,
                samples);
    }
}
