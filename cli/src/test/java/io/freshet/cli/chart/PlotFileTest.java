package io.freshet.cli.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Would catch a picture that no viewer opens, a line that is not there, and a name that is cut off. */
class PlotFileTest {
    private static final LineChart CHART = new LineChart(
            "delays: loss by <optimizer> & \"rate\"",
            "flights.csv, 3,000 samples",
            "samples",
            "mean-squared-error",
            List.of(
                    new LineChart.Line("delays.sgd", new double[] {1000, 2000, 3000}, new double[] {4, 3, 2}, false),
                    new LineChart.Line(
                            "delays.rmsprop",
                            new double[] {1000, 2000, 3000},
                            new double[] {4, Double.NaN, Double.POSITIVE_INFINITY},
                            true)));

    @TempDir
    Path directory;

    @Test
    void an_svg_is_well_formed_and_names_every_line() throws Exception {
        Document svg = svg(CHART);
        assertThat(texts(svg))
                .contains(CHART.title(), CHART.subtitle(), CHART.xLabel(), CHART.yLabel())
                .contains("delays.sgd", "delays.rmsprop", "1,000", "3,000", "2.5", "4.0");
        assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).isEqualTo(CHART.title());
    }

    @Test
    void lines_go_through_their_finite_points() throws Exception {
        NodeList dots = svg(CHART).getElementsByTagName("circle");
        assertThat(dots.getLength()).as("three points, and the only finite one").isEqualTo(4);
        double[] xs = new double[4];
        double[] ys = new double[4];
        for (int i = 0; i < 4; i++) {
            xs[i] = Double.parseDouble(((Element) dots.item(i)).getAttribute("cx"));
            ys[i] = Double.parseDouble(((Element) dots.item(i)).getAttribute("cy"));
        }
        assertThat(xs[1] - xs[0]).isCloseTo(xs[2] - xs[1], within(0.02));
        assertThat(ys[0]).as("less loss is further down").isLessThan(ys[1]);
        assertThat(ys[1]).isLessThan(ys[2]);
        assertThat(ys[3]).as("the same loss").isEqualTo(ys[0]);
        assertThat(svg(CHART).getDocumentElement().getTextContent()).doesNotContain("NaN", "Infinity");
    }

    @Test
    void a_png_has_the_size_of_the_chart_and_the_colours_of_its_lines() throws Exception {
        Path file = directory.resolve("plot.PNG");
        PlotFile.of(file).write(CHART);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(Files.readAllBytes(file)));
        assertThat(image.getWidth()).isEqualTo(PngCanvas.SCALE * CHART.width());
        assertThat(image.getHeight()).isEqualTo(PngCanvas.SCALE * CHART.height());
        assertThat(pixels(image, 0x0072B2)).as("first line").isGreaterThan(500);
        assertThat(pixels(image, 0xD55E00)).as("a dot and the legend").isGreaterThan(20);
        for (int y = 0; y < image.getHeight(); y++) {
            assertThat(image.getRGB(image.getWidth() - 1, y) & 0xFFFFFF).isEqualTo(0xFFFFFF);
        }
    }

    @Test
    void the_longest_names_of_the_most_lines_are_not_cut_off() throws Exception {
        List<LineChart.Line> lines = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            lines.add(new LineChart.Line("m".repeat(98) + i, new double[] {1}, new double[] {i}, i == 0));
        }
        LineChart chart = new LineChart("t", "s", "x", "y", lines);
        Path file = directory.resolve("plot.png");
        PlotFile.of(file).write(chart);
        BufferedImage image = ImageIO.read(file.toFile());
        for (int y = 0; y < image.getHeight(); y++) {
            assertThat(image.getRGB(image.getWidth() - 1, y) & 0xFFFFFF).isEqualTo(0xFFFFFF);
        }
        NodeList names = svg(chart).getElementsByTagName("text");
        double lowest = Double.parseDouble(((Element) names.item(names.getLength() - 1)).getAttribute("y"));
        assertThat(lowest).isLessThan(chart.height());
    }

    @Test
    void another_ending_is_refused() {
        assertThatThrownBy(() -> PlotFile.of(Path.of("plot.pdf")))
                .hasMessage("plot.pdf: no format of plots (expected: a name that ends in .svg or .png)");
    }

    private Document svg(LineChart chart) throws Exception {
        Path file = directory.resolve("plot.svg");
        PlotFile.of(file).write(chart);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    }

    private static List<String> texts(Document svg) {
        NodeList nodes = svg.getElementsByTagName("text");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent());
        }
        return texts;
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
