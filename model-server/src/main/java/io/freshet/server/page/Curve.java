package io.freshet.server.page;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.lineage.Incarnation;
import java.util.ArrayList;
import java.util.List;

/**
 * A learning curve of bounded length that covers its whole history. When it is full, every second point is dropped, and
 * the stride between added points doubles. Not thread-safe.
 */
final class Curve {
    static final int CAPACITY = 2_000;

    private final Incarnation origin;
    private final Tally first;
    private final List<Point> points = new ArrayList<>();
    private long offered;
    private long stride = 1;
    private long lastSamples;
    private long removedSamples;

    /**
     * @param origin incarnation of the model, or {@link Incarnation#UNKNOWN} for a keyed model
     * @param first metrics at the start of the curve
     */
    Curve(Incarnation origin, Tally first) {
        this.origin = origin;
        this.first = first;
    }

    /** Returns whether metrics continue this curve: they have the same incarnation and the same kind. */
    boolean continues(Incarnation other, Tally total) {
        return origin.isSameIncarnation(other) && first.sameShape(total);
    }

    /** Returns the samples scored over all keys, including removed ones, given the samples of the remaining keys. */
    long count(long samples) {
        removedSamples += Math.max(0, lastSamples - samples);
        lastSamples = samples;
        return samples + removedSamples;
    }

    /** Adds a point if the stride is due, and ignores it otherwise. */
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

    /** Returns the samples of the last point, or -1 if the curve is empty. */
    long samples() {
        return points.isEmpty() ? -1 : points.get(points.size() - 1).samples();
    }

    /** Returns the points with a sequence number greater than {@code sequence}, in order. */
    List<Point> since(long sequence) {
        int from = points.size();
        while (from > 0 && points.get(from - 1).sequence() > sequence) {
            from--;
        }
        return List.copyOf(points.subList(from, points.size()));
    }
}
