package io.freshet.cli.train;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Lines over one axis, drawn by XChart, with a legend to their right in the order of the lines. The vertical axis is
 * logarithmic if all values are positive and far apart. Lines that diverged end with a cross at the upper edge ({@link Ceiling}).
 *
 * @param title above the chart
 * @param xLabel of the horizontal axis, which starts at 0
 * @param yLabel of the vertical axis
 * @param lines one or more
 */
public record LineChart(String title, String xLabel, String yLabel, List<Line> lines) {
    /**
     * The colors of Okabe and Ito, distinguishable with color blindness, without the yellow, which is faint on white.
     */
    private static final int[] COLORS = {0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000};
    /** For lines beyond the number of colors: the same colors, dashed. */
    private static final float[][] DASHES = {{}, {7, 3}, {2, 2}, {10, 3, 2, 3}, {14, 4}};

    private static final int WIDTH = 960;
    private static final int HEIGHT = 540;
    private static final int HEIGHT_PER_LINE = 22;
    private static final double LOGARITHMIC_FROM = 20;
    private static final Color GRID = new Color(0xE4E4E4);
    private static final int PIXELS_PER_TICK = 110;
    /** On a logarithmic axis, whose own grid has nine lines for each power of ten. */
    private static final int MAXIMUM_GRID_LINES = 10;
    /** Lines with up to this many points have a dot at each point. */
    private static final int DOTTED_UP_TO = 30;

    /**
     * One line.
     *
     * @param name in the legend
     * @param xs of its points, in order
     * @param ys of its points, the same length; values that are not finite leave a gap
     * @param emphasis whether the line is thick
     * @param diverged whether its values may be far beyond those of the others
     */
    public record Line(String name, double[] xs, double[] ys, boolean emphasis, boolean diverged) {
        public Line {
            if (xs.length != ys.length) {
                throw new IllegalArgumentException(
                        "ys: " + ys.length + " (expected: the length of xs, " + xs.length + ")");
            }
        }

        DoubleStream finite() {
            return DoubleStream.of(ys).filter(Double::isFinite);
        }
    }

    XYChart draw() {
        Ceiling ceiling = Ceiling.of(lines);
        LineChart clipped = new LineChart(
                title, xLabel, yLabel, lines.stream().map(ceiling::clip).toList());
        XYChart chart = clipped.drawLines();
        for (int i = 0; i < lines.size(); i++) {
            int leaves = ceiling.leaves(lines.get(i));
            if (leaves >= 0) {
                addCross(chart, i, lines.get(i).xs()[leaves], ceiling.value());
            }
        }
        return chart;
    }

    private XYChart drawLines() {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(Math.max(HEIGHT, HEIGHT_PER_LINE * (lines.size() + 4)))
                .title(title)
                .xAxisTitle(xLabel)
                .yAxisTitle(isLogarithmic() ? yLabel + " (logarithmic)" : yLabel)
                .build();
        style(chart.getStyler());
        if (isLogarithmic()) {
            addGrid(chart);
        }
        for (int i = 0; i < lines.size(); i++) {
            add(chart, i);
        }
        return chart;
    }

    private void style(XYStyler styler) {
        styler.setLegendPosition(LegendPosition.OutsideE);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(GRID);
        styler.setPlotGridLinesStroke(stroke(1, DASHES[0]));
        styler.setPlotGridHorizontalLinesVisible(!isLogarithmic());
        styler.setXAxisTickMarkSpacingHint(PIXELS_PER_TICK);
        styler.setMarkerSize(5);
        styler.setLocale(Locale.ROOT);
        styler.setXAxisDecimalPattern("#,##0.#####");
        styler.setXAxisMin(0.0);
        styler.setYAxisLogarithmic(isLogarithmic());
        if (finite().findAny().isEmpty()) {
            styler.setYAxisMin(0.0);
            styler.setYAxisMax(1.0);
        }
    }

    private boolean isLogarithmic() {
        return isLogarithmic(finite().min().orElse(0), finite().max().orElse(0));
    }

    static boolean isLogarithmic(double minimum, double maximum) {
        return minimum > 0 && maximum / minimum > LOGARITHMIC_FROM;
    }

    /** Adds a line for each power of ten, or for every n-th. */
    private void addGrid(XYChart chart) {
        int first = (int) Math.ceil(Math.log10(finite().min().orElse(1)));
        int last = (int) Math.floor(Math.log10(finite().max().orElse(1)));
        double right = lines.stream()
                .flatMapToDouble(line -> DoubleStream.of(line.xs()))
                .max()
                .orElse(1);
        int every = Math.max(1, (last - first) / MAXIMUM_GRID_LINES);
        for (int power = first; power <= last; power += every) {
            double y = Math.pow(10, power);
            if (y > 0) {
                XYSeries line = chart.addSeries("grid " + power, new double[] {0, right}, new double[] {y, y});
                line.setLineColor(GRID);
                line.setLineStyle(stroke(1, DASHES[0]));
                line.setMarker(SeriesMarkers.NONE);
                line.setShowInLegend(false);
            }
        }
    }

    private static void addCross(XYChart chart, int index, double x, double y) {
        XYSeries cross = chart.addSeries("diverged " + index, new double[] {x}, new double[] {y});
        cross.setMarker(SeriesMarkers.CROSS);
        cross.setMarkerColor(color(index));
        cross.setShowInLegend(false);
    }

    private static Color color(int index) {
        return new Color(COLORS[index % COLORS.length]);
    }

    private DoubleStream finite() {
        return lines.stream().flatMapToDouble(Line::finite);
    }

    private void add(XYChart chart, int index) {
        Line line = lines.get(index);
        // XChart accepts neither an empty series nor an infinite value; NaN leaves a gap.
        boolean empty = line.xs().length == 0;
        double[] xs = empty ? new double[] {0} : line.xs();
        double[] ys = empty
                ? new double[] {Double.NaN}
                : DoubleStream.of(line.ys())
                        .map(y -> Double.isFinite(y) ? y : Double.NaN)
                        .toArray();
        XYSeries series = chart.addSeries(line.name(), xs, ys);
        series.setLineColor(color(index));
        series.setMarkerColor(color(index));
        series.setMarker(line.finite().count() <= DOTTED_UP_TO ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        series.setLineStyle(stroke(line.emphasis() ? 3 : 1.6f, DASHES[index / COLORS.length % DASHES.length]));
    }

    private static BasicStroke stroke(float width, float[] dashes) {
        return new BasicStroke(
                width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 1, dashes.length == 0 ? null : dashes, 0);
    }
}
