/**
 * Draws line charts to SVG and PNG files with XChart, and bar charts to SVG.
 *
 * <p>The values are computed in {@code compare} and {@code bench}.
 */
@NullMarked
package io.freshet.cli.chart;

import org.jspecify.annotations.NullMarked;
