package io.freshet.learning.optimizer;

/**
 * Searches along a descent direction for a point with a lower loss and a flatter slope (strong Wolfe conditions).
 *
 * <pre>
 *   phi(a) = loss(theta + a d)
 *   lower:   phi(a) &lt;= phi(0) + 1e-4 a phi'(0)    or, if flatter, phi(a) &lt;= phi(0) + 1e-6 |phi(0)|
 *   flatter: |phi'(a)| &lt;= 0.9 |phi'(0)|
 * </pre>
 *
 * Keeps a bracket around such a point: its low end is lower and still steeply downhill, its high end is not lower or is
 * uphill. The next point is the minimum of a cubic through both ends, kept away from them. Close to the minimum, the
 * loss changes by less than the rounding of its float32 logits, while slopes remain accurate; hence the second form of
 * lower (Hager and Zhang 2005). The flatter condition makes s.y &gt; 0. Pinned by {@code LbfgsTest}.
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

    /** A point on the line: its distance in units of the direction, the loss, and the slope along the line. */
    private record Point(double at, double value, double slope) {}

    /**
     * @param parameters of length n; moved by the search
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

    /** Returns the gradient at the parameters where the search ended. */
    float[] gradient() {
        return gradient;
    }

    /**
     * Moves the parameters to a strong Wolfe point, or else to a point with a lower loss.
     *
     * @param value phi(0)
     * @param slope phi'(0), below 0
     * @param first the step to try first, above 0
     * @return false if none was found and the parameters are unchanged
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

    /** Treats a loss that is not finite as infinite, with an unknown slope. */
    private Point evaluate(double at) {
        for (int i = 0; i < start.length; i++) {
            parameters[i] = (float) (start[i] + at * direction[i]);
        }
        double value = objective.evaluate(gradient);
        boolean finite = Math.abs(value) <= Double.MAX_VALUE;
        return new Point(
                at, finite ? value : Double.POSITIVE_INFINITY, finite ? Vectors.dot(gradient, direction) : Double.NaN);
    }

    /** Returns where the slope extrapolated from both points is 0, limited to 2 to 10 times as far. */
    private static double further(Point low, Point point) {
        double guess = point.at - point.slope * (point.at - low.at) / (point.slope - low.slope);
        double least = 2 * point.at;
        double most = 10 * point.at;
        return guess >= least && guess <= most ? guess : point.slope > low.slope && guess < least ? least : most;
    }

    /** Returns the minimum of the cubic through both ends, or the midpoint if there is none. */
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
