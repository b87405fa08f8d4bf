package io.freshet.benchmarks.labels;

import java.util.List;
import java.util.Locale;

/**
 * A chart of lines over a logarithmic axis, as SVG with the colors of a light or a dark page.
 *
 * @param title above the chart
 * @param xLabel of the horizontal axis, which starts at 0
 * @param step from a point to the next, in units of the horizontal axis
 * @param lines of the same length, up to 7
 */
record LineSvg(String title, String xLabel, int step, List<Line> lines) {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 480;
    private static final int LEFT = 64;
    private static final int RIGHT = 700;
    private static final int TOP = 56;
    private static final int BOTTOM = 420;
    private static final double LOWEST = 5e-4;
    private static final double HIGHEST = 5;

    /** Of Okabe and Ito, readable on white and on black. */
    private static final List<String> COLORS =
            List.of("#56B4E9", "#E69F00", "#CC79A7", "#0080C8", "#009E73", "#D55E00", "#999999");

    /**
     * One line.
     *
     * @param name in the legend
     * @param values above 0
     */
    record Line(String name, double[] values) {}

    /** Returns the file's content. */
    String svg() {
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="14">
                <title>%s</title>
                <style>
                .page { fill: #ffffff } text { fill: #222222 } .grid { stroke: #dddddd }
                @media (prefers-color-scheme: dark) {
                .page { fill: #0d1117 } text { fill: #e6edf3 } .grid { stroke: #30363d }
                }
                polyline { fill: none; stroke-width: 2 }
                </style>
                <rect class="page" width="100%%" height="100%%"/>
                <text x="16" y="30" font-size="17" font-weight="bold">%s</text>
                """.formatted(WIDTH, HEIGHT, title, title));
        for (double level : new double[] {0.001, 0.01, 0.1, 1}) {
            svg.append(line(LEFT, y(level), RIGHT, y(level)));
            svg.append(text(LEFT - 8, y(level) + 5, "end", level >= 1 ? "1" : Double.toString(level)));
        }
        int points = lines.get(0).values.length;
        for (int quarter = 0; quarter <= 4; quarter++) {
            double x = x(quarter * points / 4.0, points);
            svg.append(line(x, TOP, x, BOTTOM));
            svg.append(text(x, BOTTOM + 22, "middle", String.format(Locale.ROOT, "%,d", quarter * points / 4 * step)));
        }
        svg.append(text((LEFT + RIGHT) / 2.0, BOTTOM + 46, "middle", xLabel));
        for (int i = 0; i < lines.size(); i++) {
            svg.append(polyline(lines.get(i), COLORS.get(i)));
            double y = TOP + 16 + 26.0 * i;
            svg.append("<rect x=\"%d\" y=\"%.0f\" width=\"18\" height=\"4\" fill=\"%s\"/>%n"
                    .formatted(RIGHT + 24, y - 6, COLORS.get(i)));
            svg.append(text(RIGHT + 50, y, "start", lines.get(i).name));
        }
        return svg.append("</svg>\n").toString();
    }

    private static String polyline(Line line, String color) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < line.values.length; i++) {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(i + 0.5, line.values.length), y(line.values[i])));
        }
        return "<polyline stroke=\"%s\" points=\"%s\"/>%n"
                .formatted(color, points.toString().trim());
    }

    private static double x(double point, int points) {
        return LEFT + (RIGHT - LEFT) * point / points;
    }

    private static double y(double value) {
        double clipped = Math.max(LOWEST, Math.min(HIGHEST, value));
        return BOTTOM - (BOTTOM - TOP) * Math.log(clipped / LOWEST) / Math.log(HIGHEST / LOWEST);
    }

    private static String line(double x1, double y1, double x2, double y2) {
        return String.format(
                Locale.ROOT,
                "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
                x1,
                y1,
                x2,
                y2);
    }

    private static String text(double x, double y, String anchor, String content) {
        return String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, content);
    }
}
