package io.freshet.server.page;

import org.jspecify.annotations.Nullable;

/**
 * One point of a model's learning curve.
 *
 * @param sequence sequence number among all points of this server, ascending
 * @param samples samples scored so far
 * @param at time of the point, milliseconds since 1970, UTC
 * @param loss mean loss since the start
 * @param window mean loss of the last window; NaN if it is empty
 * @param baseline loss of the best constant prediction in hindsight, or null if unknown
 */
record Point(
        long sequence,
        long samples,
        long at,
        double loss,
        double window,
        @Nullable Double baseline) {}
