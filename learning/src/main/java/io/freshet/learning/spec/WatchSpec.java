package io.freshet.learning.spec;

import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.ScalarOr;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.Variants;
import java.util.Map;
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
    /** All detectors, by their names in states. */
    static final Variants<DetectorSpec> DETECTORS = Variants.of(Map.of(
            "adwin",
            DetectorSpec.Adwin.FIELDS,
            "page-hinkley",
            DetectorSpec.PageHinkley.FIELDS,
            "divergence",
            DetectorSpec.Divergence.FIELDS,
            "plateau",
            DetectorSpec.Plateau.FIELDS,
            "update-norm",
            DetectorSpec.UpdateNorm.FIELDS));

    private static final Variants<DetectorSpec> DRIFT = Variants.<DetectorSpec>of(
                    Map.of("adwin", DetectorSpec.Adwin.FIELDS, "page-hinkley", DetectorSpec.PageHinkley.FIELDS))
            .means("""
                type: Detector of a changed loss, which receives the loss of each sample; `none` to disable. Short form \
                without settings: `drift: adwin`
                """)
            .orNone("none");

    public static final Section<WatchSpec> FIELDS = Section.of(
                    WatchSpec.class,
                    Field.of("drift", DRIFT),
                    Field.of("divergence", ScalarOr.orZero(DetectorSpec.Divergence.FIELDS))
                            .or(in -> DetectorSpec.Divergence.FIELDS.read(Map.of()), "`10`"),
                    Field.of("plateau", ScalarOr.orZero(DetectorSpec.Plateau.FIELDS))
                            .or(in -> null, "`0`"))
            .means("""
                divergence: A window whose loss exceeds this multiple of the best window's loss is an event; 0 to disable
                plateau: This number of consecutive windows without a better loss is an event; 0 to disable
                """);

    public static final WatchSpec DEFAULT = FIELDS.read(Map.of());

    /** Returns the detector of an exploding update norm; null if disabled. */
    public @Nullable DetectorSpec norm() {
        return divergence == null || divergence.norm() == 0 ? null : new DetectorSpec.UpdateNorm(divergence.norm());
    }
}
