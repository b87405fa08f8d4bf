package io.freshet.learning.spec;

import io.freshet.learning.features.Standardizer;
import io.freshet.learning.model.InputChange;
import io.freshet.learning.model.InputShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Features added to a model, or removed from it, while its state continues. Features are identified by kind and name, so their
 * order may change as well.
 */
public final class FeatureChange {
    /** The parts of a specification's features that list features. */
    private static final List<String> LISTS = List.of("numeric", "categorical", "tokens", "cross", "sparse", "dense");

    private FeatureChange() {}

    /**
     * Returns whether a state of one specification continues with the other: they differ at most in the features that they
     * list, and the model has no samples or optimizer state that depend on the old inputs.
     */
    static boolean isPossible(ModelSpec from, ModelSpec to) {
        Map<String, String> before = from.stateParts();
        Map<String, String> after = to.stateParts();
        before.remove("features");
        after.remove("features");
        return before.equals(after)
                && sameSettings(from.features(), to.features())
                && moved(from.features().hashedFeatures(), to.features().hashedFeatures()) == null
                && obstacle(from, to) == null;
    }

    /** Returns which sparse vector of both has other rows for its indices, and how it keeps them; null if none has. */
    static @Nullable String moved(FeatureSpec.Hashed from, FeatureSpec.Hashed to) {
        FeatureSpec.Sparse firstBefore = from.unshifted();
        FeatureSpec.Sparse firstAfter = to.unshifted();
        Map<String, FeatureSpec.Sparse> byField =
                to.sparse().stream().collect(Collectors.toMap(FeatureSpec.Sparse::field, Function.identity()));
        for (FeatureSpec.Sparse before : from.sparse()) {
            FeatureSpec.Sparse after = byField.get(before.field());
            if (after == null) {
                continue;
            }
            if (before.hash() != after.hash()) {
                return "features.sparse: " + after.field() + " would move to other rows; {field: " + after.field()
                        + ", hash: " + before.hash() + "} keeps them";
            }
            if (before.equals(firstBefore) != after.equals(firstAfter)) {
                return "features.sparse: " + after.field()
                        + " would move to other rows; the same first field keeps them";
            }
        }
        return firstBefore == null || firstAfter == null || firstBefore.field().equals(firstAfter.field())
                ? null
                : "features.sparse: " + firstAfter.field() + " would continue from the rows of " + firstBefore.field()
                        + "; {field: " + firstAfter.field() + ", hash: true} gives it its own";
    }

    /** Returns why the features of a model cannot change, whichever they are; null if they can. */
    static @Nullable String obstacle(ModelSpec from, ModelSpec to) {
        if (!to.model().inputsMayChange()) {
            return "model.type: " + to.model().name();
        }
        if (!to.features().times().isEmpty()) {
            return "features.time";
        }
        if (hasCounts(from) || hasCounts(to)) {
            return "features.missing: mean or indicator, which counts the samples of each number";
        }
        if (to.optimizer().needsObjective()) {
            return "optimizer.type: " + to.optimizer().name();
        }
        if (from.stream().order().strict() || to.stream().order().strict()) {
            return "order: strict, in which samples of the old features may wait for their turn";
        }
        return null;
    }

    private static boolean hasCounts(ModelSpec spec) {
        Standardizer standardizer = spec.features().standardizer();
        return standardizer.length() > 1 + 2 * standardizer.size();
    }

    private static boolean sameSettings(FeatureSpec from, FeatureSpec to) {
        Map<String, Object> before = FeatureSpec.FIELDS.state(from);
        Map<String, Object> after = FeatureSpec.FIELDS.state(to);
        LISTS.forEach(list -> {
            before.remove(list);
            after.remove(list);
        });
        if (from.hashedFields() == 0 || to.hashedFields() == 0) {
            before.remove("hashBits");
            after.remove("hashBits");
        }
        if (from.numeric().isEmpty() || to.numeric().isEmpty()) {
            before.remove("standardize");
            after.remove("standardize");
        }
        return before.equals(after) && sameVectors(from, to);
    }

    private static boolean sameVectors(FeatureSpec from, FeatureSpec to) {
        Map<String, FeatureSpec.Dense> before =
                from.dense().stream().collect(Collectors.toMap(FeatureSpec.Dense::field, Function.identity()));
        return to.dense().stream().allMatch(vector -> vector.equals(before.getOrDefault(vector.field(), vector)));
    }

    /** Returns where the inputs of one specification are in the other. */
    public static InputChange between(ModelSpec from, ModelSpec to) {
        return new InputChange(
                inputs(from.inputShape()),
                inputs(to.inputShape()),
                sources(numbers(from.features()), numbers(to.features())),
                sources(fields(from.features()), fields(to.features())));
    }

    private static InputChange.Inputs inputs(InputShape shape) {
        return new InputChange.Inputs(shape.numbers(), shape.fields(), shape.buckets());
    }

    /**
     * Returns the moments of a state after the change. A number that is new starts without samples: the moments then end with the
     * count of samples before each number was added, as {@link Standardizer} describes.
     */
    public static double[] moments(ModelSpec from, ModelSpec to, double[] moments) {
        List<String> numbers = standardized(from.features());
        int[] sources = sources(numbers, standardized(to.features()));
        int before = 1 + 2 * numbers.size();
        int after = 1 + 2 * sources.length;
        double[] changed = new double[after + sources.length];
        changed[0] = moments[0];
        boolean any = false;
        for (int i = 0; i < sources.length; i++) {
            int source = sources[i];
            if (source >= 0) {
                System.arraycopy(moments, 1 + 2 * source, changed, 1 + 2 * i, 2);
                changed[after + i] = moments.length > before ? moments[before + source] : 0;
            } else {
                changed[after + i] = moments[0];
            }
            any |= changed[after + i] > 0;
        }
        return any ? changed : Arrays.copyOf(changed, after);
    }

    private static int[] sources(List<String> before, List<String> after) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < before.size(); i++) {
            places.put(before.get(i), i);
        }
        return after.stream().mapToInt(each -> places.getOrDefault(each, -1)).toArray();
    }

    /** Returns the identities of the numbers of a sample, in order. */
    private static List<String> numbers(FeatureSpec features) {
        List<String> numbers = new ArrayList<>();
        features.numeric().forEach(name -> numbers.add("numeric " + name));
        features.dense().forEach(vector -> addNumbers(numbers, vector));
        return numbers;
    }

    /** Returns the identities of the numbers that have moments, in order. */
    private static List<String> standardized(FeatureSpec features) {
        List<String> numbers = new ArrayList<>();
        if (features.standardize()) {
            features.numeric().forEach(name -> numbers.add("numeric " + name));
        }
        features.dense().stream().filter(FeatureSpec.Dense::standardize).forEach(vector -> addNumbers(numbers, vector));
        return numbers;
    }

    private static void addNumbers(List<String> numbers, FeatureSpec.Dense vector) {
        for (int i = 0; i < vector.length(); i++) {
            numbers.add("dense " + vector.field() + " " + i);
        }
    }

    /** Returns the identities of the hashed fields, in order. */
    private static List<String> fields(FeatureSpec features) {
        List<String> fields = new ArrayList<>();
        features.categorical().forEach(name -> fields.add("categorical " + name));
        features.tokens().forEach(name -> fields.add("tokens " + name));
        features.cross().forEach(names -> fields.add("cross " + names));
        features.sparse().forEach(name -> fields.add("sparse " + name));
        return fields;
    }
}
