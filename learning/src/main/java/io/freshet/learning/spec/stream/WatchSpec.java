package io.freshet.learning.spec.stream;

import io.freshet.learning.spec.table.ShortForm;
import io.freshet.learning.yaml.SpecNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The detectors that watch a model learn. They do not affect the parameters, unless {@code onDivergence} is {@code revert}
 * or {@code reset}.
 *
 * <pre>
 *   watch:
 *     drift: none          # adwin, page-hinkley, or {type: adwin, delta: 0.002}
 *     divergence: 10       # multiple of the best window's loss, or {factor: 10, floor: 0.001, norm: 1000}; 0 to disable
 *     plateau: 0           # windows without improvement, or {patience: 20, threshold: 0.0001}; 0 to disable
 * </pre>
 *
 * A drift detector receives the progressive loss of every sample with a weight, in scoring order. It uses the loss rather
 * than the classification error, so that the same rule applies to every task and a drifting probability is detected before
 * the predicted class changes. Its settings are in the unit of the loss. Divergence and plateau use the mean loss of each
 * window; divergence also uses the mean norm of its updates.
 *
 * @param drift null for none
 * @param divergence null for none
 * @param plateau null for none
 */
public record WatchSpec(
        @Nullable DetectorSpec drift,
        DetectorSpec.@Nullable Divergence divergence,
        DetectorSpec.@Nullable Plateau plateau) {
    private static final double FACTOR = 10;
    private static final double FLOOR = 1e-3;
    private static final double NORM = 1000;
    private static final double THRESHOLD = 1e-4;
    private static final String NONE = "none";

    public static final WatchSpec DEFAULT = new WatchSpec(null, new DetectorSpec.Divergence(FACTOR, FLOOR, NORM), null);

    private static final SortedMap<String, Function<SpecNode, @Nullable DetectorSpec>> DRIFT = new TreeMap<>(Map.of(
            "adwin", DetectorSpec.Adwin::read, "page-hinkley", DetectorSpec.PageHinkley::read, NONE, node -> null));

    /** Returns the sorted names of all drift detectors. */
    public static Set<String> driftDetectors() {
        Set<String> names = new TreeSet<>(DRIFT.keySet());
        names.remove(NONE);
        return names;
    }

    public static WatchSpec read(SpecNode node) {
        WatchSpec watch = new WatchSpec(drift(node), divergence(node), plateau(node));
        node.end();
        return watch;
    }

    private static @Nullable DetectorSpec drift(SpecNode node) {
        SpecNode drift = ShortForm.node(node, "drift");
        DetectorSpec spec = drift.choose(NONE, DRIFT).apply(drift);
        drift.end();
        return spec;
    }

    private static DetectorSpec.@Nullable Divergence divergence(SpecNode node) {
        if (node.isMapping("divergence")) {
            SpecNode settings = node.node("divergence");
            DetectorSpec.Divergence spec = new DetectorSpec.Divergence(
                    settings.number("factor", FACTOR, factor -> factor > 1 && isFinite(factor), "> 1"),
                    settings.number("floor", FLOOR, floor -> floor > 0 && isFinite(floor), "> 0"),
                    settings.number(
                            "norm", NORM, norm -> norm == 0 || norm > 1 && isFinite(norm), "> 1, or 0 for none"));
            settings.end();
            return spec;
        }
        double factor = node.number(
                "divergence", FACTOR, value -> value == 0 || value > 1 && isFinite(value), "> 1, or 0 for none");
        return factor == 0 ? null : new DetectorSpec.Divergence(factor, FLOOR, NORM);
    }

    private static DetectorSpec.@Nullable Plateau plateau(SpecNode node) {
        if (node.isMapping("plateau")) {
            SpecNode settings = node.node("plateau");
            DetectorSpec.Plateau spec = new DetectorSpec.Plateau(
                    settings.integer("patience", 10, 1, Integer.MAX_VALUE),
                    settings.number("threshold", THRESHOLD, value -> value >= 0 && value < 1, "in [0, 1)"));
            settings.end();
            return spec;
        }
        int patience = node.integer("plateau", 0, 0, Integer.MAX_VALUE);
        return patience == 0 ? null : new DetectorSpec.Plateau(patience, THRESHOLD);
    }

    /** Returns the detector of an exploding update norm; null if disabled. */
    public @Nullable DetectorSpec norm() {
        return divergence == null || divergence.norm() == 0 ? null : new DetectorSpec.UpdateNorm(divergence.norm());
    }

    private static boolean isFinite(double value) {
        return value < Double.POSITIVE_INFINITY;
    }

    public Map<String, Object> write() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("drift", drift == null ? NONE : typed(drift));
        map.put("divergence", divergence == null ? (Object) 0 : divergence.hyperparameters());
        map.put("plateau", plateau == null ? (Object) 0 : plateau.hyperparameters());
        return map;
    }

    private static Map<String, Object> typed(DetectorSpec detector) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", detector.name());
        map.putAll(detector.hyperparameters());
        return map;
    }
}
