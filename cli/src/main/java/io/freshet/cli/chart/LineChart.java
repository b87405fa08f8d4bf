package io.freshet.cli.chart;

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
 * logarithmic if all values are positive and far apart.
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
    /** Lines with up to this many points have a dot at each point. */
    private static final int DOTTED_UP_TO = 30;

    /**
     * One line.
     *
     * @param name in the legend
     * @param xs of its points, in order
     * @param ys of its points, the same length; values that are not finite leave a gap
     * @param emphasis whether the line is thick
     */
    public record Line(String name, double[] xs, double[] ys, boolean emphasis) {
        public Line {
            if (xs.length != ys.length) {
                throw new IllegalArgumentException(
                        "ys: " + ys.length + " (expected: the length of xs, " + xs.length + ")");
            }
        }

        private DoubleStream finite() {
            return DoubleStream.of(ys).filter(Double::isFinite);
        }
    }

    XYChart draw() {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(Math.max(HEIGHT, HEIGHT_PER_LINE * (lines.size() + 4)))
                .title(title)
                .xAxisTitle(xLabel)
                .yAxisTitle(isLogarithmic() ? yLabel + " (logarithmic)" : yLabel)
                .build();
        style(chart.getStyler());
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
        double minimum = finite().min().orElse(0);
        return minimum > 0 && finite().max().orElse(0) / minimum > LOGARITHMIC_FROM;
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
        Color color = new Color(COLORS[index % COLORS.length]);
        series.setLineColor(color);
        series.setMarkerColor(color);
        series.setMarker(line.finite().count() <= DOTTED_UP_TO ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        series.setLineStyle(stroke(line.emphasis() ? 3 : 1.6f, DASHES[index / COLORS.length % DASHES.length]));
    }

    private static BasicStroke stroke(float width, float[] dashes) {
        return new BasicStroke(
                width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 1, dashes.length == 0 ? null : dashes, 0);
    }
}
