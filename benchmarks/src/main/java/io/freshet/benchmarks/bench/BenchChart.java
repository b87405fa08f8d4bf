package io.freshet.benchmarks.bench;

import io.freshet.benchmarks.bench.BenchReport.SetResult;
import io.freshet.benchmarks.bench.BenchReport.VariantResult;
import io.freshet.cli.train.XmlText;
import java.util.List;
import java.util.Locale;

/** Draws the rates of all variants as horizontal bars. In each set, the longest bar has the full width. */
final class BenchChart {
    private static final int WIDTH = 960;
    private static final int LABELS = 240;
    private static final int BARS = 540;
    private static final int ROW = 24;
    private static final int BAR = 16;
    private static final int TITLE = 48;
    private static final int HEADING = 40;

    private BenchChart() {}

    /** Returns the file's content. */
    static String svg(List<SetResult> sets) {
        String title = "Samples per second on " + Runtime.getRuntime().availableProcessors() + " processors";
        int height = TITLE
                + ROW
                + sets.stream()
                        .mapToInt(set -> HEADING + ROW * set.variants().size())
                        .sum();
        StringBuilder svg = new StringBuilder(String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="14">
                <title>%s</title>
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="24" y="32" font-size="18" font-weight="bold">%s</text>
                """, WIDTH, height, title, title));
        int y = TITLE;
        for (SetResult set : sets) {
            svg.append(text(24, y + 26, "start", set.set() + ": " + set.description(), "#555555"));
            y += HEADING;
            double fastest = set.variants().stream()
                    .mapToDouble(VariantResult::samplesPerSecond)
                    .max()
                    .orElse(1);
            for (VariantResult result : set.variants()) {
                svg.append(row(result, fastest, y));
                y += ROW;
            }
        }
        return svg.append("</svg>\n").toString();
    }

    private static String row(VariantResult result, double fastest, int y) {
        double width = BARS * result.samplesPerSecond() / fastest;
        String rectangle = String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                LABELS,
                y,
                width,
                BAR,
                result.variant() == Variant.LEARN ? "#0072B2" : "#BBBBBB");
        String rate = String.format(Locale.ROOT, "%,.0f", result.samplesPerSecond());
        return text(LABELS - 8, y + 13, "end", result.variant().description(), "black")
                + rectangle
                + text((int) (LABELS + width + 8), y + 13, "start", rate, "black");
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
