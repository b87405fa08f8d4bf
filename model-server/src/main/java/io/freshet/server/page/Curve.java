package io.freshet.server.page;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.lineage.Incarnation;
import java.util.ArrayList;
import java.util.List;

/**
 * A learning curve of bounded length that always reaches back to its start. When it is full, every second point is
 * dropped,
 * and from then on only every second point is added. Not thread-safe.
 */
final class Curve {
    static final int CAPACITY = 2_000;

    private final Incarnation origin;
    private final Tally first;
    private final List<Point> points = new ArrayList<>();
    private long offered;
    private long stride = 1;
    private long counted;
    private long forgotten;

    /**
     * @param origin of its model, not known of one with keys
     * @param first metrics that it begins with
     */
    Curve(Incarnation origin, Tally first) {
        this.origin = origin;
        this.first = first;
    }

    /** Returns whether metrics continue this curve: same incarnation and same kind. */
    boolean continues(Incarnation other, Tally total) {
        return origin.isSameIncarnation(other) && first.sameShape(total);
    }

    /** Returns the samples scored over all keys, including removed ones, given those of the remaining keys. */
    long count(long samples) {
        forgotten += Math.max(0, counted - samples);
        counted = samples;
        return samples + forgotten;
    }

    /** Adds a point, unless the curve keeps only every n-th point and this is not one of them. */
    void add(Point point) {
        if (offered++ % stride != 0) {
            return;
        }
        points.add(point);
        if (points.size() == CAPACITY) {
            for (int i = 0; i < CAPACITY / 2; i++) {
                points.set(i, points.get(2 * i));
            }
            points.subList(CAPACITY / 2, CAPACITY).clear();
            stride *= 2;
        }
    }

    /** Returns the samples of the last point, or -1. */
    long samples() {
        return points.isEmpty() ? -1 : points.get(points.size() - 1).samples();
    }

    /** Returns the points with a higher number than {@code sequence}, in order. */
    List<Point> since(long sequence) {
        int from = points.size();
        while (from > 0 && points.get(from - 1).sequence() > sequence) {
            from--;
        }
        return List.copyOf(points.subList(from, points.size()));
    }
}
