package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.input.CommandFiles;
import io.freshet.cli.input.OutputFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Catches a file that no viewer opens, a missing line, and a truncated name. */
class ChartFileTest {
    private static final LineChart CHART = new LineChart(
            "delays: loss by <optimizer> & \"rate\"",
            "samples (flights.csv, 3,000 samples)",
            "mean-squared-error",
            List.of(
                    new LineChart.Line(
                            "delays.sgd", new double[] {1000, 2000, 3000}, new double[] {4, 3, 2}, false, false),
                    new LineChart.Line(
                            "delays.rmsprop",
                            new double[] {1000, 2000, 3000},
                            new double[] {4, Double.NaN, Double.POSITIVE_INFINITY},
                            true,
                            false)));

    @TempDir
    Path directory;

    @Test
    void writes_a_well_formed_svg_with_every_line() throws Exception {
        String svg = svg(CHART);
        assertThat(svg)
                .contains("<title>delays: loss by &lt;optimizer&gt; &amp; \"rate\"</title>")
                .contains("<desc>delays.sgd, delays.rmsprop</desc>")
                .doesNotContain("NaN", "Infinity");
        assertThat(strokes(svg, "0,114,178")).as("two segments and the legend").isEqualTo(3);
        assertThat(strokes(svg, "213,94,0"))
                .as("the legend: one finite point has no segment")
                .isEqualTo(1);
    }

    @Test
    void writes_a_png_with_the_colors_of_its_lines() throws Exception {
        BufferedImage image = png(CHART);
        assertThat(pixels(image, 0x0072B2)).as("first line").isGreaterThan(500);
        assertThat(pixels(image, 0xD55E00)).as("a dot and the legend").isGreaterThan(20);
    }

    @Test
    void uses_a_logarithmic_axis_for_a_wide_range() throws Exception {
        assertThat(line(300, 0.5, 2).draw().getYAxisTitle()).isEqualTo("y (logarithmic)");
        assertThat(line(300, 0, 2).draw().getYAxisTitle())
                .as("0 has no logarithm")
                .isEqualTo("y");
        assertThat(line(0.6, 0.7).draw().getYAxisTitle()).isEqualTo("y");
    }

    @ParameterizedTest
    @CsvSource({
        "0.6,0.6",
        "0,0",
        "-3,5",
        "1e-30,1e30",
        "1e300,1.7e308",
        "4e-320,1",
        "-1e12,-1e12",
        "123456789,123456790",
        "NaN,NaN"
    })
    void draws_every_range(double first, double second) throws Exception {
        String svg = svg(line(first, second));
        assertThat(svg).doesNotContain("NaN", "Infinity");
        assertThat(strokes(svg, "0,114,178")).isEqualTo(Double.isNaN(first) ? 1 : 2);
    }

    /** Would catch a variant that diverged and makes the others a flat line at 0. */
    @Test
    void a_line_that_diverged_ends_with_a_cross_at_the_upper_edge() throws Exception {
        double[] xs = {1000, 2000, 3000, 4000};
        LineChart.Line good = new LineChart.Line("good", xs, new double[] {4, 3, 2, 1}, true, false);
        LineChart.Line bad = new LineChart.Line("bad", xs, new double[] {3.5, 1e6, 1e30, Double.NaN}, false, true);
        LineChart chart = new LineChart("t", "x", "y", List.of(good, bad));
        assertThat(chart.draw().getYAxisTitle()).isEqualTo("y");
        assertThat(chart.draw().getSeriesMap().get("good").getYMax()).isEqualTo(4);
        assertThat(chart.draw().getSeriesMap().get("bad").getYMax()).isEqualTo(4.75);
        assertThat(chart.draw().getSeriesMap().get("diverged 1").getXData()).containsExactly(2000);
        assertThat(pixels(png(chart), 0xD55E00)).as("line, cross, and legend").isGreaterThan(100);

        LineChart all = new LineChart("t", "x", "y", List.of(bad));
        assertThat(all.draw().getYAxisTitle()).isEqualTo("y (logarithmic)");
        assertThat(all.draw().getSeriesMap().keySet()).doesNotContain("diverged 0");
    }

    @Test
    void a_logarithmic_axis_has_one_grid_line_for_each_power_of_ten() {
        assertThat(line(0.03, 5000).draw().getSeriesMap().keySet())
                .containsExactly("grid -1", "grid 0", "grid 1", "grid 2", "grid 3", "line");
        assertThat(line(1e-30, 1e30).draw().getSeriesMap()).hasSizeLessThan(13);
        assertThat(line(1, 2).draw().getSeriesMap().keySet()).containsExactly("line");
    }

    @Test
    void lists_an_empty_line_in_the_legend() throws Exception {
        assertThat(strokes(svg(line()), "0,114,178")).isEqualTo(1);
    }

    @Test
    void does_not_truncate_long_names_of_many_lines() throws Exception {
        List<LineChart.Line> lines = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            lines.add(new LineChart.Line("m".repeat(98) + i, new double[] {1}, new double[] {i}, i == 0, false));
        }
        LineChart chart = new LineChart("t", "x", "y", lines);
        BufferedImage image = png(chart);
        for (int y = 0; y < image.getHeight(); y++) {
            assertThat(image.getRGB(image.getWidth() - 1, y) & 0xFFFFFF).isEqualTo(0xFFFFFF);
        }
        for (int x = 0; x < image.getWidth(); x++) {
            assertThat(image.getRGB(x, image.getHeight() - 1) & 0xFFFFFF).isEqualTo(0xFFFFFF);
        }
    }

    @Test
    void rejects_other_file_extensions() {
        assertThatThrownBy(() -> ChartFile.of(output(Path.of("plot.pdf"))))
                .hasMessage("plot.pdf: unknown chart format (expected: a name that ends in .svg or .png)");
    }

    private static OutputFile output(Path file) throws IOException {
        return new CommandFiles().writes("--plot", file);
    }

    private static LineChart line(double... ys) {
        double[] xs = new double[ys.length];
        for (int i = 0; i < xs.length; i++) {
            xs[i] = i + 1;
        }
        return new LineChart("title", "x", "y", List.of(new LineChart.Line("line", xs, ys, false, false)));
    }

    private BufferedImage png(LineChart chart) throws Exception {
        Path file = directory.resolve("plot.PNG");
        ChartFile.of(output(file)).write(chart);
        return ImageIO.read(file.toFile());
    }

    /** Returns the text of an SVG file, after parsing it. */
    private String svg(LineChart chart) throws Exception {
        Path file = directory.resolve("plot.svg");
        ChartFile.of(output(file)).write(chart);
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        factory.newDocumentBuilder().parse(file.toFile());
        return Files.readString(file);
    }

    private static int strokes(String svg, String rgb) {
        return svg.split(Pattern.quote("stroke:rgb(" + rgb + ")"), -1).length - 1;
    }

    private static int pixels(BufferedImage image, int rgb) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += (image.getRGB(x, y) & 0xFFFFFF) == rgb ? 1 : 0;
            }
        }
        return count;
    }
}
