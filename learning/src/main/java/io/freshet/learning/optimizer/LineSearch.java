package io.freshet.learning.optimizer;

/**
 * Looks along a direction of descent for a point where the loss is lower and its slope is flatter (strong Wolfe).
 *
 * <pre>
 *   phi(a) = loss(theta + a d)
 *   lower:   phi(a) &lt;= phi(0) + 1e-4 a phi'(0)    or, where phi cannot tell, phi(a) &lt;= phi(0) + 1e-6 |phi(0)|
 *   flatter: |phi'(a)| &lt;= 0.9 |phi'(0)|
 * </pre>
 *
 * Keeps a bracket whose low end is lower and still steep downhill, and whose high end is not lower, or uphill: between them
 * lies such a point. The next try is where a cubic through both ends has its minimum, kept off the ends. Close to the
 * minimum the loss changes by less than the rounding of its 32-bit logits; slopes are good for longer, hence the second
 * form of lower (Hager and Zhang 2005). Flatter makes s.y &gt; 0.
 *
 * @see <a href="https://doi.org/10.1007/978-0-387-40065-5">Nocedal, Wright 2006, section 3.5</a>
 */
final class LineSearch {
    private static final int MAXIMUM_EVALUATIONS = 25;
    private static final double DECREASE = 1e-4;
    private static final double FLATNESS = 0.9;
    private static final double ROUNDING = 1e-6;

    private final Objective objective;
    private final float[] parameters;
    private final float[] start;
    private final float[] gradient;
    private final float[] direction;

    /** A point on the line: where, the loss there, and its slope along the line. */
    private record Point(double at, double value, double slope) {}

    /**
     * @param parameters of length n, which it moves
     * @param start scratch of length n
     * @param gradient scratch of length n
     * @param direction of length n
     */
    LineSearch(Objective objective, float[] parameters, float[] start, float[] gradient, float[] direction) {
        this.objective = objective;
        this.parameters = parameters;
        this.start = start;
        this.gradient = gradient;
        this.direction = direction;
    }

    /** Returns the parameters that the search started from. */
    float[] start() {
        return start;
    }

    /** Returns the gradient at the parameters that the search has ended at. */
    float[] gradient() {
        return gradient;
    }

    /**
     * Moves the parameters to the point found.
     *
     * @param value phi(0)
     * @param slope phi'(0), below 0
     * @param first the step to try first, above 0
     * @return false if there is none, and the parameters are where they were
     */
    boolean run(double value, double slope, double first) {
        System.arraycopy(parameters, 0, start, 0, start.length);
        Point low = new Point(0, value, slope);
        Point high = null;
        double next = first;
        for (int i = 0; i < MAXIMUM_EVALUATIONS; i++) {
            Point point = evaluate(next);
            boolean flat = Math.abs(point.slope) <= -FLATNESS * slope;
            boolean lower = point.value <= value + DECREASE * point.at * slope
                    || flat && point.value <= value + ROUNDING * Math.abs(value);
            if (lower && flat) {
                return true;
            }
            if (lower && point.slope < 0) {
                next = high == null ? further(low, point) : between(point, high);
                low = point;
            } else {
                next = between(low, point);
                high = point;
            }
        }
        boolean found = low.value < value;
        if (found) {
            evaluate(low.at);
        } else {
            System.arraycopy(start, 0, parameters, 0, start.length);
        }
        return found;
    }

    /** A loss that is not finite is an end that is not lower, whose slope says nothing. */
    private Point evaluate(double at) {
        for (int i = 0; i < start.length; i++) {
            parameters[i] = (float) (start[i] + at * direction[i]);
        }
        double value = objective.evaluate(gradient);
        boolean finite = Math.abs(value) <= Double.MAX_VALUE;
        return new Point(
                at, finite ? value : Double.POSITIVE_INFINITY, finite ? Vectors.dot(gradient, direction) : Double.NaN);
    }

    /** Where the slope would be 0 if it went on as between the two points, 2 to 10 times as far. */
    private static double further(Point low, Point point) {
        double guess = point.at - point.slope * (point.at - low.at) / (point.slope - low.slope);
        double least = 2 * point.at;
        double most = 10 * point.at;
        return guess >= least && guess <= most ? guess : point.slope > low.slope && guess < least ? least : most;
    }

    /** Where the cubic through both ends has its minimum; the middle if that says nothing. */
    private static double between(Point low, Point high) {
        double width = high.at - low.at;
        double d1 = low.slope + high.slope - 3 * (low.value - high.value) / (low.at - high.at);
        double d2 = Math.sqrt(d1 * d1 - low.slope * high.slope);
        double guess = high.at - width * (high.slope + d2 - d1) / (high.slope - low.slope + 2 * d2);
        double margin = 0.1 * width;
        if (!(guess > low.at)) {
            return low.at + 0.5 * width;
        }
        return Math.max(low.at + margin, Math.min(high.at - margin, guess));
    }
}
