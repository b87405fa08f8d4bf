/**
 * The rules for each received sample of a model key: expiry, deduplication, warm start, learning, and windows. Where its
 * state is stored, what is published, and when timers fire belong to the caller.
 */
@NullMarked
package io.freshet.learning.stream;

import org.jspecify.annotations.NullMarked;
