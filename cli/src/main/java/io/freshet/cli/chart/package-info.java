/**
 * Draws loss curves to SVG and PNG files.
 *
 * <p>What the curves show is computed in {@code train}.
 */
@NullMarked
package io.freshet.cli.chart;

import org.jspecify.annotations.NullMarked;
