package io.freshet.cli.chart;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A file for a picture.
 *
 * @param path where, ending in .svg or .png
 */
public record PlotFile(Path path) {
    private static final String PNG = ".png";
    private static final String SVG = ".svg";

    /**
     * Returns a file that can be written, as far as can be told beforehand.
     *
     * @throws InputException if its name does not tell the format
     * @throws CommandException if it is a PNG and this Java has no fonts
     */
    public static PlotFile of(Path path) throws InputException, CommandException {
        PlotFile file = new PlotFile(path);
        if (!file.ends(SVG) && !file.ends(PNG)) {
            throw new InputException(path + ": no format of plots (expected: a name that ends in .svg or .png)");
        }
        if (file.ends(PNG)) {
            file.bytes(new LineChart("0", "0", "0", "0", List.of()));
        }
        return file;
    }

    /** Draws a chart, over what the file held before. */
    public void write(LineChart chart) throws IOException, CommandException {
        Files.write(path, bytes(chart));
    }

    private byte[] bytes(LineChart chart) throws CommandException {
        if (ends(PNG)) {
            return png(chart);
        }
        SvgCanvas canvas = new SvgCanvas(chart.width(), chart.height(), chart.title());
        chart.draw(canvas);
        return canvas.document().getBytes(UTF_8);
    }

    private byte[] png(LineChart chart) throws CommandException {
        // Before AWT is first used: it would look for a display.
        System.setProperty("java.awt.headless", "true");
        try {
            PngCanvas canvas = new PngCanvas(chart.width(), chart.height());
            chart.draw(canvas);
            return canvas.bytes();
        } catch (LinkageError | InternalError | RuntimeException e) {
            // What AWT throws where the libraries for fonts, or the fonts, are missing.
            throw new CommandException(
                    path + ": this Java cannot draw texts (expected: installed fonts, or a .svg)", e);
        }
    }

    private boolean ends(String extension) {
        return path.toString().toLowerCase(Locale.ROOT).endsWith(extension);
    }
}
