package io.freshet.server.page;

import org.jspecify.annotations.Nullable;

/**
 * One point of a model's learning curve.
 *
 * @param sequence number of the point among all points of this server, ascending
 * @param samples predicted so far
 * @param at when, milliseconds since 1970, UTC
 * @param loss mean since the start
 * @param window mean of the last window; NaN if it is empty
 * @param baseline loss of the best constant prediction, in hindsight; null where it is not known
 */
record Point(
        long sequence,
        long samples,
        long at,
        double loss,
        double window,
        @Nullable Double baseline) {}
