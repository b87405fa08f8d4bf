package io.freshet.learning.spec.stream;

import io.freshet.learning.watch.Detector;
import io.freshet.learning.yaml.SpecNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings of a detector, and a factory of detectors. */
public sealed interface DetectorSpec {
    /** Returns the name of the detector, as in YAML. */
    String name();

    /** Returns the settings by their YAML names, in printing order. */
    Map<String, Object> hyperparameters();

    /** Returns a new detector. */
    Detector detector();

    /** Returns the name and settings as a text. A detector's state carries over if and only if this text is equal. */
    default String settings() {
        return name() + hyperparameters();
    }

    /** Settings of {@link io.freshet.learning.watch.Adwin}. */
    record Adwin(double delta, int clock) implements DetectorSpec {
        private static final int ROWS = 32;

        static Adwin read(SpecNode node) {
            return new Adwin(
                    node.number("delta", 0.002, delta -> delta > 0 && delta < 1, "in (0, 1)"),
                    node.integer("clock", 32, 1, Integer.MAX_VALUE));
        }

        @Override
        public String name() {
            return "adwin";
        }

        @Override
        public Map<String, Object> hyperparameters() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("delta", delta);
            map.put("clock", clock);
            return map;
        }

        @Override
        public Detector detector() {
            return new io.freshet.learning.watch.Adwin(delta, clock, ROWS);
        }
    }

    /** Settings of {@link io.freshet.learning.watch.PageHinkley}. */
    record PageHinkley(double delta, double threshold, double alpha, int minimum) implements DetectorSpec {
        static PageHinkley read(SpecNode node) {
            return new PageHinkley(
                    node.number("delta", 0.005, delta -> delta >= 0 && delta <= Detector.LARGEST, "in [0, 1e100]"),
                    node.number("threshold", 50, value -> value > 0 && value <= Detector.LARGEST, "in (0, 1e100]"),
                    node.number("alpha", 0.9999, alpha -> alpha > 0 && alpha <= 1, "in (0, 1]"),
                    node.integer("minimum", 30, 1, Integer.MAX_VALUE));
        }

        @Override
        public String name() {
            return "page-hinkley";
        }

        @Override
        public Map<String, Object> hyperparameters() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("delta", delta);
            map.put("threshold", threshold);
            map.put("alpha", alpha);
            map.put("minimum", minimum);
            return map;
        }

        @Override
        public Detector detector() {
            return new io.freshet.learning.watch.PageHinkley(delta, threshold, alpha, minimum);
        }
    }

    /** Settings of {@link io.freshet.learning.watch.UpdateNorm}. */
    record UpdateNorm(double factor) implements DetectorSpec {
        @Override
        public String name() {
            return "update-norm";
        }

        @Override
        public Map<String, Object> hyperparameters() {
            return Map.of("factor", factor);
        }

        @Override
        public Detector detector() {
            return new io.freshet.learning.watch.UpdateNorm(factor);
        }
    }

    /**
     * Settings of {@link io.freshet.learning.watch.Divergence} and {@link UpdateNorm}.
     *
     * @param norm factor of {@link UpdateNorm}; 0 to disable it
     */
    record Divergence(double factor, double floor, double norm) implements DetectorSpec {
        @Override
        public String name() {
            return "divergence";
        }

        @Override
        public Map<String, Object> hyperparameters() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("factor", factor);
            map.put("floor", floor);
            map.put("norm", norm);
            return map;
        }

        @Override
        public Detector detector() {
            return new io.freshet.learning.watch.Divergence(factor, floor);
        }
    }

    /** Settings of {@link io.freshet.learning.watch.Plateau}. */
    record Plateau(int patience, double threshold) implements DetectorSpec {
        @Override
        public String name() {
            return "plateau";
        }

        @Override
        public Map<String, Object> hyperparameters() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("patience", patience);
            map.put("threshold", threshold);
            return map;
        }

        @Override
        public Detector detector() {
            return new io.freshet.learning.watch.Plateau(threshold, patience);
        }
    }
}
