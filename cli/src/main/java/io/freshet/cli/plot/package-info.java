/**
 * Pictures of curves, as SVG and PNG: one layout, drawn on either kind of canvas.
 *
 * <p>Nothing here knows what the numbers mean, and nothing of AWT is touched for an SVG, which needs no fonts.
 */
@NullMarked
package io.freshet.cli.plot;

import org.jspecify.annotations.NullMarked;
