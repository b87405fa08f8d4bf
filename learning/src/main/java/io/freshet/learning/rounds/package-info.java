/**
 * What replicas and their reducer send each other, as messages that read and write themselves. What they decide with them
 * is in {@code replica}.
 */
@NullMarked
package io.freshet.learning.rounds;

import org.jspecify.annotations.NullMarked;
