package io.freshet.cli.chart;

import java.util.List;
import java.util.Locale;

/**
 * Horizontal bars in groups, drawn as SVG. In each group, the longest bar has the full width.
 *
 * @param title above the chart
 * @param groups from top to bottom
 */
public record BarChart(String title, List<Group> groups) {
    private static final int WIDTH = 960;
    private static final int LABELS = 240;
    private static final int BARS = 540;
    private static final int ROW = 24;
    private static final int BAR = 16;
    private static final int TITLE = 48;
    private static final int HEADING = 40;

    /**
     * Bars that are compared with each other.
     *
     * @param heading above them
     * @param bars from top to bottom
     */
    public record Group(String heading, List<Bar> bars) {}

    /**
     * A bar.
     *
     * @param label to its left
     * @param value its length, at least 0
     * @param text to its right
     * @param emphasis whether it stands out
     */
    public record Bar(String label, double value, String text, boolean emphasis) {}

    /** Returns the file's content. */
    public String svg() {
        int height = TITLE
                + groups.stream()
                        .mapToInt(group -> HEADING + ROW * group.bars.size())
                        .sum()
                + ROW;
        StringBuilder svg = new StringBuilder(
                String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="14">
                <title>%s</title>
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="24" y="32" font-size="18" font-weight="bold">%s</text>
                """, WIDTH, height, XmlText.escape(title), XmlText.escape(title)));
        int y = TITLE;
        for (Group group : groups) {
            svg.append(text(24, y + 26, "start", group.heading, "#555555"));
            y += HEADING;
            double longest = group.bars.stream().mapToDouble(Bar::value).max().orElse(0);
            for (Bar bar : group.bars) {
                svg.append(row(bar, longest, y));
                y += ROW;
            }
        }
        return svg.append("</svg>\n").toString();
    }

    private static String row(Bar bar, double longest, int y) {
        double width = longest > 0 ? BARS * bar.value / longest : 0;
        String rectangle = String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                LABELS,
                y,
                width,
                BAR,
                bar.emphasis ? "#0072B2" : "#BBBBBB");
        return text(LABELS - 8, y + 13, "end", bar.label, "black")
                + rectangle
                + text((int) (LABELS + width + 8), y + 13, "start", bar.text, "black");
    }

    private static String text(int x, int y, String anchor, String content, String color) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                color,
                XmlText.escape(content));
    }
}
