package io.freshet.server.store;

/**
 * The specification that the newest one replaced.
 *
 * @param before the replaced specification
 * @param at when the first snapshot with the newer one was published, milliseconds since 1970, UTC
 */
public record SpecChange(ServedSpec before, long at) {}
