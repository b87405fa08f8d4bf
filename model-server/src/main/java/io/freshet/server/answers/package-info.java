/**
 * What the server sends to topics: answers, for those who compare predictions with what happened, and rows of requests,
 * labeled or with outcomes, with a receipt for each.
 *
 * <p>An answer never delays a request: what the broker does not take in time is dropped and counted.
 */
@NullMarked
package io.freshet.server.answers;

import org.jspecify.annotations.NullMarked;
