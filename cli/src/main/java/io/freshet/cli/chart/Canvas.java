package io.freshet.cli.chart;

/** What a picture is drawn on; lengths in pixels from the top left corner, colours as 0xRRGGBB. */
interface Canvas {
    /** Where a text stands of the point that it is given. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /**
     * How a line looks.
     *
     * @param dashes lengths of dashes and gaps in turn; empty for a solid line
     */
    record Stroke(int color, double width, double... dashes) {}

    /**
     * How a text looks.
     *
     * @param size of the font
     * @param upwards whether it is read from below to above
     */
    record Font(int color, int size, boolean bold, boolean upwards) {}

    void rectangle(double x, double y, double width, double height, int color);

    /** Draws a line through points; {@code ys} is as long as {@code xs}. */
    void line(double[] xs, double[] ys, Stroke stroke);

    void dot(double x, double y, double radius, int color);

    /** Writes a text whose baseline begins, is halved or ends at a point. */
    void text(double x, double y, String text, Anchor anchor, Font font);
}
