/**
 * Records of the rounds topic: contributions of replicas, and merged points, in parts that fit a record. What they contain is
 * decided in {@code learning.replica}.
 */
@NullMarked
package io.freshet.schemas.rounds;

import org.jspecify.annotations.NullMarked;
