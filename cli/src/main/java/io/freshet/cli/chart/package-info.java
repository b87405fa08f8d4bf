/**
 * Draws line charts to SVG and PNG files with XChart.
 *
 * <p>The values are computed in {@code compare}.
 */
@NullMarked
package io.freshet.cli.chart;

import org.jspecify.annotations.NullMarked;
