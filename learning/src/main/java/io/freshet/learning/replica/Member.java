package io.freshet.learning.replica;

/**
 * Identifies a contribution.
 *
 * @param replica from 0
 * @param round of the replica, from 1; later than the round before, usually by one
 */
public record Member(int replica, long round) {}
