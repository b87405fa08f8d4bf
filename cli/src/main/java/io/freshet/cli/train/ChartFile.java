package io.freshet.cli.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.OutputFile;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;

/**
 * A file for a chart.
 *
 * @param file whose name ends in .svg or .png
 */
public record ChartFile(OutputFile file) {
    private static final String PNG = ".png";
    private static final String SVG = ".svg";
    /** Pixels of the image per pixel of the chart. */
    private static final int PNG_SCALE = 2;

    private static final LineChart TRIAL = new LineChart(
            "0", "0", "0", List.of(new LineChart.Line("0", new double[] {0}, new double[] {0}, false, false)));

    /**
     * Checks the file name, and that this Java can draw charts.
     *
     * @throws InputException if the name does not determine the format
     * @throws CommandException if this Java has no fonts
     */
    public static ChartFile of(OutputFile output) throws InputException, CommandException, IOException {
        ChartFile file = new ChartFile(output);
        if (!file.endsWith(SVG) && !file.endsWith(PNG)) {
            throw new InputException(
                    output.path() + ": unknown chart format (expected: a name that ends in .svg or .png)");
        }
        file.draw(TRIAL);
        return file;
    }

    /** Draws a chart, and replaces the file. */
    public void write(LineChart chart) throws IOException, CommandException {
        file.write(draw(chart));
    }

    private byte[] draw(LineChart chart) throws IOException, CommandException {
        // Set before AWT is first used, which would look for a display.
        System.setProperty("java.awt.headless", "true");
        try {
            return endsWith(PNG) ? png(chart.draw()) : svg(chart);
        } catch (LinkageError | InternalError | RuntimeException e) {
            // AWT throws these if font libraries or fonts are missing.
            throw new CommandException(file.path() + ": this Java cannot draw text (expected: installed fonts)", e);
        }
    }

    private static byte[] png(XYChart chart) throws IOException {
        int width = chart.getWidth();
        int height = chart.getHeight();
        BufferedImage image = new BufferedImage(PNG_SCALE * width, PNG_SCALE * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(PNG_SCALE, PNG_SCALE);
        chart.paint(graphics, width, height);
        graphics.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    /** XChart draws text as outlines, so title and legend are repeated as text for screen readers and search. */
    private static byte[] svg(LineChart chart) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        VectorGraphicsEncoder.saveVectorGraphic(chart.draw(), out, VectorGraphicsFormat.SVG);
        String names = chart.lines().stream().map(LineChart.Line::name).collect(Collectors.joining(", "));
        String title = "<title>" + XmlText.escape(chart.title()) + "</title><desc>" + XmlText.escape(names) + "</desc>";
        String svg = out.toString(UTF_8);
        int start = svg.indexOf('>', svg.indexOf("<svg")) + 1;
        return (svg.substring(0, start) + title + svg.substring(start)).getBytes(UTF_8);
    }

    private boolean endsWith(String extension) {
        return file.path().toString().toLowerCase(Locale.ROOT).endsWith(extension);
    }
}
