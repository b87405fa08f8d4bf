package io.freshet.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.lineage.Incarnation;
import io.freshet.learning.loss.Task;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CurveTest {
    private final Curve curve = new Curve(Incarnation.UNKNOWN, new Tally(Task.BINARY, 1));

    @Test
    void keeps_every_point_while_there_is_room() {
        add(1, Curve.CAPACITY - 1);

        assertThat(curve.since(0)).hasSize(Curve.CAPACITY - 1);
        assertThat(curve.samples()).isEqualTo(Curve.CAPACITY - 1);
    }

    @Test
    void a_full_curve_keeps_its_start_and_its_even_spacing() {
        add(1, 10 * Curve.CAPACITY);

        List<Point> points = curve.since(0);
        assertThat(points).hasSizeBetween(Curve.CAPACITY / 2, Curve.CAPACITY);
        assertThat(points.get(0).samples()).isEqualTo(1);
        long step = points.get(1).samples() - points.get(0).samples();
        assertThat(points.get(points.size() - 1).samples()).isGreaterThan(10L * Curve.CAPACITY - step);
        for (int i = 1; i < points.size(); i++) {
            assertThat(points.get(i).samples() - points.get(i - 1).samples()).isEqualTo(step);
        }
    }

    @Test
    void returns_the_points_since_a_sequence_number() {
        add(1, 10);

        assertThat(curve.since(7)).extracting(Point::sequence).containsExactly(8L, 9L, 10L);
        assertThat(curve.since(10)).isEmpty();
    }

    private void add(long from, long to) {
        LongStream.rangeClosed(from, to).forEach(i -> curve.add(new Point(i, i, i, 0.5, 0.4, 0.7)));
    }
}
