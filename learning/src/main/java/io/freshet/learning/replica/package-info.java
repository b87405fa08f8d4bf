/**
 * The rule of data-parallel replicas: several replicas learn from partitions of their own, and a reducer merges what
 * they learned, round by round; and the messages that they send each other.
 *
 * <p>Pure: where states are stored and how messages travel belong to the caller.
 */
@NullMarked
package io.freshet.learning.replica;

import org.jspecify.annotations.NullMarked;
