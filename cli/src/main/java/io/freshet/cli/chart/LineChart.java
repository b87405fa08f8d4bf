package io.freshet.cli.chart;

import io.freshet.cli.chart.Canvas.Anchor;
import io.freshet.cli.chart.Canvas.Font;
import io.freshet.cli.chart.Canvas.Stroke;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Lines over one axis, with a legend to their right in the order of the lines. The vertical axis is logarithmic where
 * values are far apart, and says so.
 *
 * @param title above all
 * @param subtitle below it, smaller
 * @param xLabel what goes to the right, from 0
 * @param yLabel what goes up
 * @param lines one or more
 */
public record LineChart(String title, String subtitle, String xLabel, String yLabel, List<Line> lines) {
    /** Okabe and Ito's colours, which the colour-blind tell apart, without the yellow, which white swallows. */
    private static final int[] COLORS = {0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000};
    /** Lines beyond the colours: the same colours, dashed. */
    private static final double[][] DASHES = {{}, {7, 3}, {2, 2}, {10, 3, 2, 3}, {14, 4}};

    private static final int INK = 0x222222;
    private static final int FAINT_INK = 0x666666;
    private static final int GRID = 0xE4E4E4;
    private static final int WHITE = 0xFFFFFF;

    private static final int LEFT = 92;
    private static final int TOP = 72;
    private static final int BOTTOM = 64;
    private static final int PLOT_WIDTH = 680;
    private static final int PLOT_HEIGHT = 380;
    private static final int LEGEND_GAP = 20;
    private static final int LEGEND_LINE = 20;
    private static final int SWATCH = 26;
    private static final int SWATCH_GAP = 8;
    private static final int RIGHT = 12;
    private static final int TEXT_SIZE = 12;
    private static final int TITLE_SIZE = 17;
    /** So few points are each worth a dot. */
    private static final int DOTTED_UP_TO = 30;

    /**
     * One line.
     *
     * @param name in the legend
     * @param xs of its points, in order
     * @param ys of its points, as many; those that are not finite are left out
     * @param emphasis whether line and name are bold
     */
    public record Line(String name, double[] xs, double[] ys, boolean emphasis) {
        public Line {
            if (xs.length != ys.length) {
                throw new IllegalArgumentException(
                        "ys: " + ys.length + " (expected: as many as xs, " + xs.length + ")");
            }
        }
    }

    int width() {
        double legend = lines.stream()
                .mapToDouble(line -> width(line.name(), TEXT_SIZE))
                .max()
                .orElse(0);
        double titles = Math.max(width(title, TITLE_SIZE), width(subtitle, TEXT_SIZE));
        return (int) Math.ceil(LEFT + Math.max(titles, PLOT_WIDTH + LEGEND_GAP + SWATCH + SWATCH_GAP + legend) + RIGHT);
    }

    /** Returns what no common sans-serif font exceeds, bold or not: fonts are not asked, as there may be none. */
    private static double width(String text, int size) {
        return size * text.chars().mapToDouble(LineChart::ems).sum();
    }

    private static double ems(int letter) {
        if ("mwMW@%".indexOf(letter) >= 0 || letter > '~') {
            return 1.1;
        }
        if ("ijlt.,:-'() ".indexOf(letter) >= 0) {
            return 0.48;
        }
        return letter >= 'A' && letter <= 'Z' ? 0.86 : 0.74;
    }

    int height() {
        return TOP + plotHeight() + BOTTOM;
    }

    private int plotHeight() {
        return Math.max(PLOT_HEIGHT, LEGEND_LINE * lines.size());
    }

    void draw(Canvas canvas) {
        Axis x = Axis.upTo(lines.stream()
                .flatMapToDouble(line -> DoubleStream.of(line.xs()))
                .max()
                .orElse(1));
        Axis y = Axis.around(lines.stream()
                .flatMapToDouble(line -> DoubleStream.of(line.ys()))
                .filter(Double::isFinite)
                .toArray());
        canvas.rectangle(0, 0, width(), height(), WHITE);
        canvas.text(LEFT, 30, title, Anchor.START, new Font(INK, TITLE_SIZE, true, false));
        canvas.text(LEFT, 51, subtitle, Anchor.START, new Font(FAINT_INK, TEXT_SIZE, false, false));
        axes(canvas, x, y);
        for (int i = 0; i < lines.size(); i++) {
            line(canvas, x, y, i);
            legend(canvas, i);
        }
    }

    private void axes(Canvas canvas, Axis x, Axis y) {
        Font font = new Font(FAINT_INK, 11, false, false);
        int bottom = TOP + plotHeight();
        int right = LEFT + PLOT_WIDTH;
        for (Axis.Tick tick : y.ticks()) {
            double at = y(y, tick.value());
            canvas.line(new double[] {LEFT, right}, new double[] {at, at}, new Stroke(GRID, 1));
            canvas.text(LEFT - 8, at + 4, tick.label(), Anchor.END, font);
        }
        for (Axis.Tick tick : x.ticks()) {
            double at = x(x, tick.value());
            canvas.line(new double[] {at, at}, new double[] {TOP, bottom}, new Stroke(GRID, 1));
            canvas.text(at, bottom + 18, tick.label(), Anchor.MIDDLE, font);
        }
        canvas.line(new double[] {LEFT, LEFT, right}, new double[] {TOP, bottom, bottom}, new Stroke(FAINT_INK, 1));
        Font label = new Font(INK, TEXT_SIZE, false, false);
        canvas.text(LEFT + PLOT_WIDTH / 2.0, bottom + 44, xLabel, Anchor.MIDDLE, label);
        canvas.text(
                22,
                TOP + plotHeight() / 2.0,
                yLabel + (y.logarithmic() ? " (logarithmic)" : ""),
                Anchor.MIDDLE,
                new Font(INK, TEXT_SIZE, false, true));
    }

    private void line(Canvas canvas, Axis x, Axis y, int index) {
        Line line = lines.get(index);
        int count = 0;
        double[] xs = new double[line.xs().length];
        double[] ys = new double[xs.length];
        for (int i = 0; i < xs.length; i++) {
            if (Double.isFinite(line.ys()[i])) {
                xs[count] = x(x, line.xs()[i]);
                ys[count++] = y(y, line.ys()[i]);
            }
        }
        xs = Arrays.copyOf(xs, count);
        ys = Arrays.copyOf(ys, count);
        if (count > 1) {
            canvas.line(xs, ys, stroke(index));
        }
        for (int i = 0; i < count && count <= DOTTED_UP_TO; i++) {
            canvas.dot(xs[i], ys[i], 2.5, color(index));
        }
    }

    private void legend(Canvas canvas, int index) {
        Line line = lines.get(index);
        double x = LEFT + PLOT_WIDTH + LEGEND_GAP;
        double y = TOP + LEGEND_LINE * (index + 0.5);
        canvas.line(new double[] {x, x + SWATCH}, new double[] {y, y}, stroke(index));
        canvas.text(
                x + SWATCH + SWATCH_GAP,
                y + 4,
                line.name(),
                Anchor.START,
                new Font(INK, TEXT_SIZE, line.emphasis(), false));
    }

    private Stroke stroke(int index) {
        double width = lines.get(index).emphasis() ? 2.6 : 1.6;
        return new Stroke(color(index), width, DASHES[index / COLORS.length % DASHES.length]);
    }

    private static int color(int index) {
        return COLORS[index % COLORS.length];
    }

    private double x(Axis axis, double value) {
        return LEFT + PLOT_WIDTH * axis.position(value);
    }

    private double y(Axis axis, double value) {
        return TOP + plotHeight() * (1 - axis.position(value));
    }
}
