/**
 * Draws line charts to SVG and PNG files with XChart.
 *
 * <p>What the lines show is computed in {@code train}.
 */
@NullMarked
package io.freshet.cli.chart;

import org.jspecify.annotations.NullMarked;
