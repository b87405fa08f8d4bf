package io.freshet.cli.chart;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;

/**
 * A file for a chart.
 *
 * @param path ending in .svg or .png
 */
public record ChartFile(Path path) {
    private static final String PNG = ".png";
    private static final String SVG = ".svg";
    private static final LineChart TRIAL =
            new LineChart("0", "0", "0", List.of(new LineChart.Line("0", new double[] {0}, new double[] {0}, false)));

    /**
     * Checks the name of a file, and that charts can be drawn at all.
     *
     * @throws InputException if the name does not determine the format
     * @throws CommandException if this Java has no fonts
     */
    public static ChartFile of(Path path) throws InputException, CommandException, IOException {
        ChartFile file = new ChartFile(path);
        if (!file.endsWith(SVG) && !file.endsWith(PNG)) {
            throw new InputException(path + ": unknown chart format (expected: a name that ends in .svg or .png)");
        }
        file.draw(TRIAL);
        return file;
    }

    /** Draws a chart, and replaces the file. */
    public void write(LineChart chart) throws IOException, CommandException {
        Files.write(path, draw(chart));
    }

    private byte[] draw(LineChart chart) throws IOException, CommandException {
        // Set before AWT is first used, which would look for a display.
        System.setProperty("java.awt.headless", "true");
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            if (endsWith(PNG)) {
                BitmapEncoder.saveBitmap(chart.draw(), out, BitmapFormat.PNG);
            } else {
                VectorGraphicsEncoder.saveVectorGraphic(chart.draw(), out, VectorGraphicsFormat.SVG);
            }
            return out.toByteArray();
        } catch (LinkageError | InternalError | RuntimeException e) {
            // AWT throws these if font libraries or fonts are missing.
            throw new CommandException(path + ": this Java cannot draw text (expected: installed fonts)", e);
        }
    }

    private boolean endsWith(String extension) {
        return path.toString().toLowerCase(Locale.ROOT).endsWith(extension);
    }
}
