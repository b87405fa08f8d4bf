package io.freshet.learning.join;

/**
 * What is kept of a request until its attribution ends.
 *
 * @param time event time, milliseconds
 * @param exposed whether the exposure field of the request is true
 * @param content what the owner of the state needs to emit samples; not interpreted, not changed
 */
public record JoinRequest(long time, boolean exposed, byte[] content) {}
