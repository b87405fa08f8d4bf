/**
 * Outcomes of requests, as records of the outcomes topic.
 *
 * <p>Joins nothing itself: the join reads the topic.
 */
@NullMarked
package io.freshet.server.feedback;

import org.jspecify.annotations.NullMarked;
