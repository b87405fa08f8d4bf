package io.freshet.cli.chart;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** Writes a picture down as SVG 1.1; texts stay texts, in the reader's sans-serif font. */
final class SvgCanvas implements Canvas {
    private final StringBuilder svg = new StringBuilder();

    /** @param title for those who do not see the picture */
    SvgCanvas(int width, int height, String title) {
        svg.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                        + "font-family=\"'DejaVu Sans', Verdana, sans-serif\" role=\"img\">",
                width, height, width, height);
        add("<title>%s</title>", escape(title));
    }

    @Override
    public void rectangle(double x, double y, double width, double height, int color) {
        add(
                "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>",
                number(x), number(y), number(width), number(height), color(color));
    }

    @Override
    public void line(double[] xs, double[] ys, Stroke stroke) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < xs.length; i++) {
            points.append(i == 0 ? "" : " ").append(number(xs[i])).append(',').append(number(ys[i]));
        }
        String dashes =
                DoubleStream.of(stroke.dashes()).mapToObj(SvgCanvas::number).collect(Collectors.joining(" "));
        add(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\" stroke-linejoin=\"round\"%s/>",
                points,
                color(stroke.color()),
                number(stroke.width()),
                dashes.isEmpty() ? "" : " stroke-dasharray=\"" + dashes + "\"");
    }

    @Override
    public void dot(double x, double y, double radius, int color) {
        add("<circle cx=\"%s\" cy=\"%s\" r=\"%s\" fill=\"%s\"/>", number(x), number(y), number(radius), color(color));
    }

    @Override
    public void text(double x, double y, String text, Anchor anchor, Font font) {
        add(
                "<text x=\"%s\" y=\"%s\" font-size=\"%d\" fill=\"%s\" text-anchor=\"%s\"%s%s>%s</text>",
                number(x),
                number(y),
                font.size(),
                color(font.color()),
                anchor.name().toLowerCase(Locale.ROOT),
                font.bold() ? " font-weight=\"bold\"" : "",
                font.upwards() ? " transform=\"rotate(-90 " + number(x) + " " + number(y) + ")\"" : "",
                escape(text));
    }

    /** Returns the whole document. */
    String document() {
        return svg + "</svg>\n";
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.endsWith(".00") ? text.substring(0, text.length() - 3) : text;
    }

    private static String color(int rgb) {
        return String.format(Locale.ROOT, "#%06x", rgb);
    }

    /** What XML cannot hold becomes a question mark. */
    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                default ->
                    escaped.appendCodePoint(c < ' ' || (c >= 0xD800 && c < 0xE000) || (c & 0xFFFE) == 0xFFFE ? '?' : c);
            }
        });
        return escaped.toString();
    }
}
