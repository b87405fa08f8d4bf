package io.freshet.server.page;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A curve of bounded length that covers its whole history: the last {@value #RECENT} points as they were added, and
 * before them, points that each stand for half a group of consecutive ones. Of each value, a group keeps the minimum and
 * the maximum, in their order, so that peaks stay visible. Whenever there are too many points, the groups double. Points
 * may lack their last values. Not thread-safe.
 */
final class Curve {
    static final int RECENT = 200;
    static final int CAPACITY = 800;

    private final long start;
    private final List<Point> older = new ArrayList<>();
    /** Points of the group that is not complete yet. */
    private final List<Point> group = new ArrayList<>();

    private final Deque<Point> recent = new ArrayDeque<>();
    private int groupSize = 2;

    /** @param start sequence number of the first point, which identifies the curve */
    Curve(long start) {
        this.start = start;
    }

    long start() {
        return start;
    }

    void add(Point point) {
        recent.addLast(point);
        if (recent.size() > RECENT) {
            group.add(recent.removeFirst());
            if (group.size() == groupSize) {
                older.addAll(extremes(group));
                group.clear();
            }
        }
        if (older.size() == CAPACITY) {
            for (int i = 0; i < CAPACITY / 2; i += 2) {
                List<Point> pair = extremes(older.subList(2 * i, 2 * i + 4));
                older.set(i, pair.get(0));
                older.set(i + 1, pair.get(1));
            }
            older.subList(CAPACITY / 2, CAPACITY).clear();
            groupSize *= 2;
        }
    }

    /** Returns the last point; the curve must not be empty. */
    Point last() {
        return recent.getLast();
    }

    boolean isEmpty() {
        return recent.isEmpty();
    }

    /** Returns the points with a sequence number greater than {@code known}, up to {@code end}, in order. */
    List<Point> since(long known, long end) {
        List<Point> points = new ArrayList<>(older);
        if (!group.isEmpty()) {
            points.addAll(extremes(group));
        }
        points.addAll(recent);
        points.removeIf(point -> point.sequence() <= known || point.sequence() > end);
        return points;
    }

    /** Returns two points that have the extremes of each value; a single point is returned as it is. */
    private static List<Point> extremes(List<Point> points) {
        Point first = points.get(0);
        Point last = points.get(points.size() - 1);
        if (points.size() == 1) {
            return List.of(first);
        }
        int count =
                points.stream().mapToInt(point -> point.values().length).max().orElseThrow();
        double[] earlier = new double[count];
        double[] later = new double[count];
        for (int i = 0; i < count; i++) {
            double minimum = Double.NaN;
            double maximum = Double.NaN;
            boolean rising = true;
            for (Point point : points) {
                double value = i < point.values().length ? point.values()[i] : Double.NaN;
                if (Double.isNaN(value)) {
                    continue;
                }
                if (!(value >= minimum)) {
                    minimum = value;
                    rising = false;
                }
                if (!(value <= maximum)) {
                    maximum = value;
                    rising = true;
                }
            }
            earlier[i] = rising ? minimum : maximum;
            later[i] = rising ? maximum : minimum;
        }
        return List.of(new Point(first.sequence(), first.at(), earlier), new Point(last.sequence(), last.at(), later));
    }
}
