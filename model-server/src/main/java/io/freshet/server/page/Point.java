package io.freshet.server.page;

/**
 * One point of a curve.
 *
 * @param sequence sequence number among all points of this server, ascending
 * @param at time of the point, milliseconds since 1970, UTC
 * @param values in an order that all points of a curve share; NaN if unknown
 */
record Point(long sequence, long at, double[] values) {}
