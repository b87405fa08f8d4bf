package io.freshet.cli.train;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * The largest value that a chart shows: somewhat above those of the lines that did not diverge, which one that did would flatten
 * otherwise.
 *
 * @param value infinite if no line diverged, or all did
 */
record Ceiling(double value) {
    /** Of the range of a linear axis. */
    private static final double ROOM = 0.25;
    /** Of the maximum on a logarithmic axis. */
    private static final double ROOM_FACTOR = 2;

    static Ceiling of(List<LineChart.Line> lines) {
        DoubleSummaryStatistics others = lines.stream()
                .filter(line -> !line.diverged())
                .flatMapToDouble(LineChart.Line::finite)
                .summaryStatistics();
        boolean anyDiverged = lines.stream().anyMatch(LineChart.Line::diverged);
        if (!anyDiverged || others.getCount() == 0) {
            return new Ceiling(Double.POSITIVE_INFINITY);
        }
        double maximum = others.getMax();
        double minimum = others.getMin();
        double range = maximum > minimum ? maximum - minimum : Math.max(Math.abs(maximum), 1);
        return new Ceiling(LineChart.isLogarithmic(minimum, maximum) ? ROOM_FACTOR * maximum : maximum + ROOM * range);
    }

    /** Returns where a line leaves the chart, or -1. A loss that is no longer a number has left it, too. */
    int leaves(LineChart.Line line) {
        if (!line.diverged() || value == Double.POSITIVE_INFINITY) {
            return -1;
        }
        int i = 0;
        while (i < line.ys().length && line.ys()[i] <= value) {
            i++;
        }
        return i < line.ys().length ? i : -1;
    }

    /** Returns the line up to where it leaves the chart, at the ceiling, and without what lies above. */
    LineChart.Line clip(LineChart.Line line) {
        int leaves = leaves(line);
        if (leaves < 0) {
            return line;
        }
        double[] ys =
                Arrays.stream(line.ys()).map(y -> y <= value ? y : Double.NaN).toArray();
        ys[leaves] = value;
        return new LineChart.Line(line.name(), line.xs(), ys, line.emphasis(), true);
    }
}
