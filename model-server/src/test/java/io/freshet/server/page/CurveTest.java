package io.freshet.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.LongToDoubleFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CurveTest {
    private final Curve curve = new Curve(1);

    @Test
    void recent_points_are_kept_as_they_are() {
        add(10 * Curve.CAPACITY, i -> Math.sin(i));

        List<Point> points = curve.since(0, Long.MAX_VALUE);
        assertThat(points.subList(points.size() - Curve.RECENT, points.size()))
                .extracting(point -> point.values()[1])
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(10 * Curve.CAPACITY - Curve.RECENT + 1, 10 * Curve.CAPACITY)
                                .mapToObj(i -> Math.sin(i))
                                .toList());
    }

    @Test
    void a_long_curve_is_bounded_and_covers_its_whole_history() {
        long last = 500_000;
        add(last, i -> 1);

        List<Point> points = curve.since(0, Long.MAX_VALUE);
        assertThat(points).hasSizeBetween(Curve.CAPACITY / 2, Curve.CAPACITY + Curve.RECENT + 2);
        assertThat(points.get(0).values()[0]).isEqualTo(1);
        assertThat(points.get(points.size() - 1).values()[0]).isEqualTo(last);
        assertThat(points).extracting(point -> point.values()[0]).isSorted();
        assertThat(points).extracting(Point::sequence).isSorted().doesNotHaveDuplicates();
    }

    /** Would catch a curve that drops points, and with them a rare slow second. */
    @Test
    void peaks_and_valleys_stay_visible() {
        add(100_000, i -> i == 12_345 ? 9 : i == 54_321 ? -9 : 1);

        assertThat(curve.since(0, Long.MAX_VALUE))
                .extracting(point -> point.values()[1])
                .contains(9.0, -9.0);
    }

    @Test
    void unknown_values_do_not_hide_known_ones() {
        add(10_000, i -> i % 5 == 0 ? i : Double.NaN);

        List<Point> points = curve.since(0, Long.MAX_VALUE);
        assertThat(points.subList(0, 300))
                .extracting(point -> point.values()[1])
                .contains(5.0)
                .isSorted();
    }

    @Test
    void points_may_lack_their_last_values() {
        for (int i = 1; i <= 2 * Curve.CAPACITY; i++) {
            curve.add(new Point(i, i, i % 2 == 0 ? new double[] {i} : new double[] {i, 7}));
        }

        assertThat(curve.since(0, Long.MAX_VALUE).get(0).values()).containsExactly(1, 7);
    }

    @Test
    void returns_the_points_since_a_sequence_number() {
        add(10, i -> 0);

        assertThat(curve.since(7, Long.MAX_VALUE)).extracting(Point::sequence).containsExactly(8L, 9L, 10L);
        assertThat(curve.since(10, Long.MAX_VALUE)).isEmpty();
    }

    private void add(long count, LongToDoubleFunction value) {
        LongStream.rangeClosed(1, count)
                .forEach(i -> curve.add(new Point(i, i, new double[] {i, value.applyAsDouble(i)})));
    }
}
