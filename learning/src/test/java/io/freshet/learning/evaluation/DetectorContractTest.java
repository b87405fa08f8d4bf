package io.freshet.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a part of the state that is not saved or not restored, so that detections change after a restart. */
class DetectorContractTest {
    private static final long SEED = 20260110;

    private record Case(String what, Supplier<Detector> make) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("Page-Hinkley", () -> new PageHinkley(0.005, 3, 0.999, 10)),
                new Case("Page-Hinkley by default", PageHinkley::new),
                new Case("ADWIN", Adwin::new),
                new Case("ADWIN, checked often, 4 rows", () -> new Adwin(0.2, 3, 4)),
                new Case("plateau", () -> new Plateau(0.01, 3)),
                new Case("plateau by default", Plateau::new),
                new Case("update norm", () -> new UpdateNorm(1.5)),
                new Case("divergence", () -> new Divergence(1.5, 0.1)),
                new Case("divergence by default", Divergence::new));
    }

    @Test
    void every_kind_is_in_the_table() {
        Set<Class<?>> kinds = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (Case each : cases()) {
            kinds.add(each.make().get().getClass());
            names.add(each.make().get().name());
        }
        assertThat(kinds).containsExactlyInAnyOrder(Detector.class.getPermittedSubclasses());
        assertThat(names).hasSameSizeAs(kinds);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_restored_detector_continues_with_the_same_detections_and_bits(Case each) {
        double[] values = stream();
        List<Integer> uninterrupted = new ArrayList<>();
        Detector whole = each.make().get();
        for (int i = 0; i < values.length; i++) {
            if (whole.update(values[i])) {
                uninterrupted.add(i);
            }
        }
        assertThat(uninterrupted).as("detections").isNotEmpty();

        List<Integer> resumed = new ArrayList<>();
        Detector detector = each.make().get();
        for (int i = 0; i < values.length; i++) {
            if (i % 7 == 0) {
                Detector next = each.make().get();
                // Earlier values must not matter.
                next.update(123);
                next.update(Double.NaN);
                next.restore(detector.state());
                detector = next;
            }
            if (detector.update(values[i])) {
                resumed.add(i);
            }
        }
        assertThat(resumed).isEqualTo(uninterrupted);
        assertThat(bits(detector)).isEqualTo(bits(whole));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void state_and_restore_copy_the_array(Case each) {
        Detector detector = each.make().get();
        detector.update(1);
        List<Long> before = bits(detector);
        double[] state = detector.state();
        detector.restore(state);
        Arrays.fill(state, 77);
        Arrays.fill(detector.state(), 77);
        assertThat(bits(detector)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rejects_an_invalid_state_and_stays_unchanged(Case each) {
        Detector detector = each.make().get();
        detector.update(1);
        List<Long> before = bits(detector);
        double[] state = detector.state();
        for (double[] wrong : new double[][] {
            {},
            Arrays.copyOf(state, state.length - 1),
            Arrays.copyOf(state, state.length + 400),
            {-1, 0, 0, 0},
            {-1, -1},
            {Double.NaN, Double.NaN},
            {Double.NaN, 0, 0, 0}
        }) {
            assertThatThrownBy(() -> detector.restore(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("state: ")
                    .hasMessageContaining("(expected: ");
        }
        assertThat(bits(detector)).isEqualTo(before);
    }

    /** The level falls from 1 to 0.5, then jumps to 30. */
    @ParameterizedTest
    @MethodSource("cases")
    void reports_the_levels_before_and_after_a_detection(Case each) {
        Detector detector = each.make().get();
        double[] values = stream();
        int jumps = 0;
        for (int i = 0; i < values.length; i++) {
            if (detector.update(values[i])
                    && i >= 4_000
                    && jumps++ == 0
                    && !detector.name().equals("plateau")) {
                assertThat(detector.before()).as("before, at %d", i).isBetween(0.4, 2.0);
                assertThat(detector.after()).as("after, at %d", i).isGreaterThan(detector.before());
            }
        }
        // The stream starts with larger values than it jumps to, so the jump is no alarm for norms of updates.
        boolean isAlarm = !detector.name().equals("update-norm");
        assertThat(jumps > 0).as("detections after the jump").isEqualTo(isAlarm);
    }

    @ParameterizedTest
    @ValueSource(strings = {"adwin", "page-hinkley"})
    void reports_the_means_before_and_after_a_detection(String name) {
        SplittableRandom random = new SplittableRandom(SEED);
        Detector detector = name.equals("adwin") ? new Adwin() : new PageHinkley();
        int i = 0;
        while (!detector.update((i < 1_000 ? 0.25 : 0.75) + 0.02 * (random.nextDouble() - 0.5))) {
            assertThat(i++).as("detected in time").isLessThan(1_200);
        }
        assertThat(i).isGreaterThanOrEqualTo(1_000);
        assertThat(detector.before()).isCloseTo(0.25, within(0.02));
        assertThat(detector.after()).isCloseTo(0.75, within(0.05));
    }

    /** Levels that fall, stay, and jump, with some values that are not finite. */
    private static double[] stream() {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] values = new double[6_000];
        for (int i = 0; i < values.length; i++) {
            double level = i < 2_000 ? 1 + 200.0 / (i + 1) : i < 4_000 ? 0.5 : 30;
            values[i] = level * (0.9 + 0.2 * random.nextDouble());
        }
        values[1_000] = Double.NaN;
        values[3_000] = Double.POSITIVE_INFINITY;
        values[3_500] = Double.NEGATIVE_INFINITY;
        return values;
    }

    private static List<Long> bits(Detector detector) {
        return Arrays.stream(detector.state())
                .mapToObj(Double::doubleToRawLongBits)
                .toList();
    }
}
