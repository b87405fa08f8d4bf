package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Numbers.integer;
import static io.freshet.learning.yaml.Numbers.number;

import io.freshet.learning.evaluation.Detector;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.Variants;
import java.util.Map;

/** The settings of a detector, and a factory of detectors. */
public sealed interface DetectorSpec {
    /** Returns a new detector. */
    Detector detector();

    /** Returns the name and settings as a text. A detector's state carries over if and only if this text is equal. */
    default String settings() {
        Map<String, Object> fields = WatchSpec.DETECTORS.fields(this);
        return fields.remove(Variants.TYPE) + fields.toString();
    }

    /** Settings of {@link io.freshet.learning.evaluation.Adwin}. */
    record Adwin(double delta, int clock) implements DetectorSpec {
        private static final int ROWS = 32;

        static final Section<Adwin> FIELDS = Section.of(
                        Adwin.class,
                        Field.of("delta", number(delta -> delta > 0 && delta < 1, "in (0, 1)"), 0.002),
                        Field.of("clock", integer(1), 32))
                .means("""
                delta: Maximum probability of a false alarm per check
                clock: Samples from one check to the next
                """);

        @Override
        public Detector detector() {
            return new io.freshet.learning.evaluation.Adwin(delta, clock, ROWS);
        }
    }

    /** Settings of {@link io.freshet.learning.evaluation.PageHinkley}. */
    record PageHinkley(double delta, double threshold, double alpha, int minimum) implements DetectorSpec {
        static final Section<PageHinkley> FIELDS = Section.of(
                        PageHinkley.class,
                        Field.of(
                                "delta",
                                number(delta -> delta >= 0 && delta <= Detector.LARGEST, "in [0, 1e100]"),
                                0.005),
                        Field.of(
                                "threshold",
                                number(value -> value > 0 && value <= Detector.LARGEST, "in (0, 1e100]"),
                                50.0),
                        Field.of("alpha", number(alpha -> alpha > 0 && alpha <= 1, "in (0, 1]"), 0.9999),
                        Field.of("minimum", integer(1), 30))
                .means("""
                delta: Rise of the loss, in its unit, to ignore
                threshold: Sum of the rises, in units of the loss times samples, that counts as a change
                alpha: Share of the sum that is kept at each sample
                minimum: Samples before the first change
                """);

        @Override
        public Detector detector() {
            return new io.freshet.learning.evaluation.PageHinkley(delta, threshold, alpha, minimum);
        }
    }

    /** Settings of {@link io.freshet.learning.evaluation.UpdateNorm}. */
    record UpdateNorm(double factor) implements DetectorSpec {
        static final Section<UpdateNorm> FIELDS =
                Section.of(UpdateNorm.class, Field.of("factor", number(factor -> factor > 1, "> 1")));

        @Override
        public Detector detector() {
            return new io.freshet.learning.evaluation.UpdateNorm(factor);
        }
    }

    /**
     * Settings of {@link io.freshet.learning.evaluation.Divergence} and {@link UpdateNorm}.
     *
     * @param norm factor of {@link UpdateNorm}; 0 to disable it
     */
    record Divergence(double factor, double floor, double norm) implements DetectorSpec {
        static final Section<Divergence> FIELDS = Section.of(
                        Divergence.class,
                        Field.of("factor", number(factor -> factor > 1 && Double.isFinite(factor), "> 1"), 10.0),
                        Field.of("floor", number(floor -> floor > 0 && Double.isFinite(floor), "> 0"), 1e-3),
                        Field.of(
                                "norm",
                                number(norm -> norm == 0 || norm > 1 && Double.isFinite(norm), "> 1, or 0 for none"),
                                1000.0))
                .means("""
                factor: Multiple of the best loss that a window's may reach
                floor: Lower limit of the best loss in this comparison
                norm: A window whose update norm exceeds this multiple of the largest earlier one is an event, too; 0 to \
                disable
                """)
                .shortBy("factor");

        @Override
        public Detector detector() {
            return new io.freshet.learning.evaluation.Divergence(factor, floor);
        }
    }

    /** Settings of {@link io.freshet.learning.evaluation.Plateau}. */
    record Plateau(int patience, double threshold) implements DetectorSpec {
        static final Section<Plateau> FIELDS = Section.of(
                        Plateau.class,
                        Field.of("patience", integer(1), 10),
                        Field.of("threshold", number(value -> value >= 0 && value < 1, "in [0, 1)"), 1e-4))
                .means("""
                patience: Consecutive windows without a better loss
                threshold: Relative improvement on the best loss that counts as better
                """)
                .shortBy("patience");

        @Override
        public Detector detector() {
            return new io.freshet.learning.evaluation.Plateau(threshold, patience);
        }
    }
}
