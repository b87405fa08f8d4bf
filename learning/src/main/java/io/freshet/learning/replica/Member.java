package io.freshet.learning.replica;

/**
 * Identifies a contribution.
 *
 * @param replica from 0
 * @param round of the replica, from 1; later than the round before, usually by one
 * @param received samples that the replica received in the round; fewer than the period at the end of a bounded input
 */
public record Member(int replica, long round, long received) {}
